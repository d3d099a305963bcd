"""The demo: a fleet of tenants, three candidates, and what becomes of them."""
