"""What to do about it: bundles, commands, decisions and proofs. Pure."""
