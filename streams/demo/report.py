"""What the demo found, for a person and as JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from streams.demo.drive import Result
from streams.demo.watch import Watch, percentiles
from streams.settings import Settings

__all__ = ["SQL", "as_dict", "say"]

POINTS = 60
"""Points of a score's course in the report, at most."""
SQL = (
    (
        "each alert with its cause",
        "SELECT * FROM v_alert_causes WHERE scope = 'tenant' OR notEmpty(led_to) ORDER BY at DESC LIMIT 20",
    ),
    ("tenants by drift", "SELECT * FROM v_tenant_drift LIMIT 20"),
    ("every reversion and its proof", "SELECT * FROM v_reversions ORDER BY commanded_at"),
    (
        "how a reversion came about, step by step",
        "SELECT step, at, who, what FROM v_audit WHERE tenant_id = 'tenant-021' AND action = 'revert' ORDER BY epoch, step, at",
    ),
    (
        "what served a tenant, who ordered it, and who proved it",
        "SELECT * FROM v_served(tenant = 'tenant-021', agent = 'care', moment = toString(now64(3)))",
    ),
)


def as_dict(
    results: Sequence[Result],
    watch: Watch,
    events: Mapping[str, Any],
    rows: Mapping[str, int],
    problems: Sequence[str],
) -> dict[str, Any]:
    """Return the report as JSON can hold it."""
    return {
        "well": not problems,
        "problems": list(problems),
        "events": dict(events),
        "rollouts": {result.stage.name: _rollout(result, watch) for result in results},
        "command_to_flipped_ms": percentiles(watch.flip_ms()),
        "decision_to_proven_ms": percentiles(watch.proof_ms()),
        "reversions": {
            "commanded": sum(len(watch.rollout(r.stage.name).back()) for r in results),
            "unproven": sum(
                len(watch.unproven(watch.rollout(r.stage.name).back())) for r in results
            ),
        },
        "clickhouse_rows": dict(rows),
    }


def _rollout(result: Result, watch: Watch) -> dict[str, Any]:
    now, stage = watch.rollout(result.stage.name), result.stage
    reverted = now.reverted()
    halted = now.was("halted")
    paused = now.was("paused")
    start = now.holds[0].issued_at if now.holds else int(result.started_at * 1000)

    def since(at: int | None) -> float | None:
        return None if at is None else round((at - start) / 1000, 2)

    return {
        "title": stage.scenario.title,
        "well": result.well,
        "problems": list(result.problems),
        "seconds": round(result.ended_at - result.started_at, 1),
        "weight": stage.weight,
        "waves": [len(wave.tenants) for wave in stage.waves],
        "joined": sorted({one.tenant_id for one in now.of("join")}),
        "hurt": sorted(stage.scenario.hurt),
        "reverted": sorted({one.tenant_id for one in reverted}),
        "back": sorted({one.tenant_id for one in now.back()}),
        "candidate_units_at_revert": dict(sorted(result.units_at_revert.items())),
        "candidate_units_at_pause": dict(sorted(now.units_at_pause.items())),
        "paused_after_s": since(paused.issued_at if paused else None),
        "first_revert_after_s": since(reverted[0].issued_at if reverted else None),
        "halted_after_s": since(halted.issued_at if halted else None),
        "resumed_by_a_person": result.resumed,
        "measure_killed": result.crashed,
        "scores": [
            {"s": since(at), "display": display, "pause": pause, "action": action}
            for at, display, pause, action in _thinned(now.scores)
        ],
    }


def _thinned(
    scores: Sequence[tuple[int, float, float, float]],
) -> Sequence[tuple[int, float, float, float]]:
    step = max(len(scores) // POINTS, 1)
    kept = list(scores[::step])
    return kept if not scores or kept[-1] == scores[-1] else [*kept, scores[-1]]


def say(console: Console, report: Mapping[str, Any], settings: Settings, kept: Path | None) -> None:
    """Print the report."""

    def line(text: str = "", style: str | None = None) -> None:
        console.print(text, style=style, markup=False, highlight=False)

    line()
    for name, one in report["rollouts"].items():
        verdict = "as said" if one["well"] else "NOT AS SAID"
        line(f"{name}: {one['title']}: {verdict}", "green" if one["well"] else "bold red")
        line(f"  {_story(one)}")
        for problem in one["problems"]:
            line(f"  - {problem}", "red")
    events = report["events"]
    flips, proofs = report["command_to_flipped_ms"], report["decision_to_proven_ms"]
    line()
    line("Events: " + ", ".join(f"{value:,} {name}" for name, value in events.items()) + ".")
    line(f"Command to flipped: {_ms(flips)}. Decision to proven: {_ms(proofs)}.")
    back = report["reversions"]
    line(f"{back['commanded']} reversions, {back['unproven']} of them unproven.")
    filled = {name: count for name, count in report["clickhouse_rows"].items() if count}
    line("ClickHouse: " + ", ".join(f"{name} {count:,}" for name, count in filled.items()) + ".")
    if kept is not None:
        line()
        line(f"To look further: HOLDFAST_DATA_DIR={kept} holdfast up, and in ClickHouse")
        line(f"(database {settings.clickhouse_database}):")
    else:
        line()
        line("To look further keep the data, `make demo DATA=folder`, and ask ClickHouse:")
    for what, sql in SQL:
        line(f"  -- {what}\n  {sql};")
    for problem in report["problems"]:
        line(f"NOT AS SAID: {problem}", "bold red")
    if report["well"]:
        line("Everything came as said.", "bold green")


def _story(one: Mapping[str, Any]) -> str:
    parts = [f"{len(one['joined'])} of {sum(one['waves'])} tenants joined at {one['weight']:.0%}"]
    if one["paused_after_s"] is not None:
        units = sorted(one["candidate_units_at_pause"].values())
        middle = f" ({units[len(units) // 2]} candidate units a tenant)" if units else ""
        parts.append(f"paused after {one['paused_after_s']:.0f} s{middle}")
    if one["reverted"]:
        named = ", ".join(
            f"{tenant} at {one['candidate_units_at_revert'].get(tenant, '?')} units"
            for tenant in one["reverted"][:4]
        )
        more = f" and {len(one['reverted']) - 4} more" if len(one["reverted"]) > 4 else ""
        parts.append(f"by evidence went back {named}{more}")
    if one["halted_after_s"] is not None:
        parts.append(f"halted after {one['halted_after_s']:.0f} s, {len(one['back'])} back")
    if one["measure_killed"]:
        parts.append("measure killed on the way")
    if not one["back"]:
        parts.append("nobody went back")
    return "; ".join(parts) + "."


def _ms(found: Mapping[str, Any]) -> str:
    if not found["count"]:
        return "none"
    return f"p50 {found['p50']:,.0f} ms, p99 {found['p99']:,.0f} ms of {found['count']}"
