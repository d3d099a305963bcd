"""Is it different, is it worse? Evidence, monitors and the ALERT score; pure."""
