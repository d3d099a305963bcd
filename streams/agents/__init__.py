"""The Faust agents: measure, score, decide, prove, notify, park."""
