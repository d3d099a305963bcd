"""ClickHouse: everything that travelled, for analysts and proof, each message exactly once."""
