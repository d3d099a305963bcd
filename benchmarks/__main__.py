"""`python -m benchmarks [--quick] [--only cpu,loop,…] [--report FILE]`: every figure of the README.

On an embedded Kafka, with the real roles as processes; what is compared is measured in this run.
"""

import time
from collections.abc import Callable

from benchmarks import backtest, cpu, fleet, loop
from benchmarks.report import Row, arguments, report
from benchmarks.stage import Stage, say

__all__ = ["main"]

PARTS: dict[str, tuple[str, Callable[[bool], list[Row]]]] = {}


def _staged(part: Callable[..., list[Row]]) -> Callable[[bool], list[Row]]:
    def run(quick: bool) -> list[Row]:
        with Stage() as stage:
            return part(stage, quick=quick)

    return run


PARTS["cpu"] = ("CPU of an event in measure, beside its peers", _staged(cpu.rows))
PARTS["loop"] = ("Event to command to router to proof", lambda quick: loop.rows(quick=quick))
PARTS["backtest"] = ("A backtest beside live measure", lambda quick: backtest.rows(quick=quick))
PARTS["fleet"] = ("From ten tenants to ten thousand", _staged(fleet.rows))


def main() -> None:
    """Run the parts one after another and report each as it is done."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes, coarser")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, comma-separated")
    options = parser.parse_args()
    begun = time.monotonic()
    for name in options.only.split(","):
        title, part = PARTS[name]
        say(f"{title} ({name})")
        report(title, part(options.quick), options.report)
    say(f"all in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
