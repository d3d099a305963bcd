"""The processes: each role's app with its agents, run until told to stop."""
