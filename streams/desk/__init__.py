"""What a person at the desk does: keys, requests, registry files, events of their own, letters."""
