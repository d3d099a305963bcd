"""Evidence: bets on blocks, what they have won, and what a fleet's winnings say together."""
