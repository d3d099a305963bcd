"""What a backtest cannot do as asked."""

from streams.desk.errors import DeskError

__all__ = ["BacktestError"]


class BacktestError(DeskError):
    """The files, labels or times given do not allow this comparison."""
