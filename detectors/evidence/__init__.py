"""Evidence: bets, what they have won, and what a fleet's winnings say together.

Where each formula stands, with its source:

* two arms at once: bets on randomised blocks, `bets`, and on labels, `tilts`; wealth and its
  prior, `wealth`;
* many tenants: the fleet's T and the e-BH breadth, `fleet`; units lost on one side, `ratio`;
* a known baseline: bets on one value, `known`; bets that learn the change, `adaptive`; the
  recursion R and its mean run between false alarms, `shiryaev`; a detector of each kind of metric,
  `standing`;
* a baseline still being learned: ranks and the flag's smoothed rank,
  `detectors.compare.watch_bets`; River's detectors as calibrated, `detectors.river`.
"""
