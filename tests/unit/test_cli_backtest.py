"""`holdfast backtest` as a person runs it: what it says, what it stands, how it ends."""

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from streams.backtest import sources
from streams.backtest.lines import Reading
from streams.backtest.run import Request, run
from streams.cli import app as cli
from streams.cli.bars import sparkline
from tests.histories import history, stamped, write

CHANGE: list[Any] = [("v1", 150, {}), ("v2", 150, {"longer": 2.5})]
CALM: list[Any] = [("v1", 150, {}), ("v2", 150, {})]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOLDFAST_STATIC", "false")
    monkeypatch.setattr("streams.cli.backtest.gc.freeze", lambda: None)
    monkeypatch.setattr("streams.cli.backtest.gc.set_threshold", lambda *_: None)


def holdfast(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr("sys.argv", ["holdfast", "backtest", *map(str, words)])
    try:
        cli.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def cut_off(path: Path) -> Path:
    """Write the first half of a packed file."""
    whole = gzip.compress("\n".join(map(json.dumps, history(CALM))).encode())
    path.write_bytes(whole[: len(whole) // 2])
    return path


def test_a_verdict_a_person_understands_and_a_report_with_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path, report = write(tmp_path / "f.jsonl", history(CHANGE)), tmp_path / "r.json"
    assert holdfast(monkeypatch, path, "--concurrent", "--report", report, "--known-good") == 0
    said = capsys.readouterr().out
    assert "Verdict: care: v2 beside v1: worse: would have been" in said
    assert "Output length" in said
    assert "False reversions: 1" in said
    found = json.loads(report.read_text())
    assert found["verdict"] == "worse"
    (subject,) = found["comparisons"][0]["subjects"]
    assert subject["course"][-1]["candidate"] == 150
    assert subject["moved"][0]["effect"] == pytest.approx(2.5, rel=0.3)


@pytest.mark.parametrize("field", ["event_id", "session_id"])
def test_a_file_in_which_all_is_one_unit_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    events = [{**event, field: "same"} for event in history(CHANGE)]
    if field == "event_id":
        events = [{k: v for k, v in event.items() if k != "session_id"} for event in events]
    assert holdfast(monkeypatch, write(tmp_path / "f.jsonl", events)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "of 300 events are of units already counted" in said


@pytest.mark.parametrize(
    ("labels", "expect", "status"),
    [(CHANGE, "change", 0), (CHANGE, "none", 1), (CALM, "none", 0), (CALM, "change", 1)],
)
def test_what_is_expected_decides_the_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, labels: Any, expect: str, status: int
) -> None:
    path = write(tmp_path / "f.jsonl", history(labels))
    assert holdfast(monkeypatch, path, "--expect", expect) == status


def test_bad_lines_are_named_and_stop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [json.dumps(event).encode() for event in history(CALM)]
    wrong = json.dumps(history(CALM)[0] | {"turn": 0}).encode()
    path = tmp_path / "f.jsonl.gz"
    lines = [b"\xef\xbb\xbf" + good[0], b"", b"{oops", *good[1:], b"\xff\x00", wrong, b"[1]"]
    path.write_bytes(gzip.compress(b"\n".join(lines), mtime=0))
    assert holdfast(monkeypatch, path, "--expect", "none") == 0
    said = capsys.readouterr()
    assert "f.jsonl.gz, line 3: Invalid JSON" in said.err
    assert f"line {len(lines) - 1}: turn: " in said.err
    assert "304 lines: 300 events, 4 unreadable" in said.out


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.jsonl", b"", "Nothing could be compared: there is no line to read."),
        ("blank.jsonl", b"\n \n", "Nothing could be compared: there is no line to read."),
        ("bad.jsonl", b"{}\n[1]\n", "no line could be read as an event, of 2 lines."),
        ("noise.gz", b"\x1f\x8b" + bytes(range(200)), "is cut off or damaged after line 0"),
        ("noise.jsonl", bytes(range(128, 256)) * 30, "line 1: "),
        ("deep.jsonl", b"[" * 100_000, "line 1: "),
        ("damaged.gz", gzip.compress(b"{}", mtime=0)[:10] + b"\xff" * 50, "is cut off or damaged"),
        (
            "short.gz",
            gzip.compress(b'{"event_id": "e"}\n' * 500, mtime=0)[:60],
            "is cut off or damaged",
        ),
    ],
)
def test_files_that_are_none_end_with_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    name: str, content: bytes, says: str,
) -> None:  # fmt: skip
    path = tmp_path / name
    path.write_bytes(content)
    assert holdfast(monkeypatch, path) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "Traceback" not in said


def test_a_broken_file_beside_a_good_one_is_said_and_the_rest_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = cut_off(tmp_path / "broken.gz")
    good = write(tmp_path / "good.jsonl", history(CALM, seed=2))
    assert holdfast(monkeypatch, broken, good) == 0
    assert "broken.gz is cut off or damaged" in capsys.readouterr().err
    broken.write_bytes(broken.read_bytes()[:10] + b"\xff" * 20)
    assert holdfast(monkeypatch, broken, good) == 0
    assert "broken.gz is cut off or damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Name files"),
        (("f.jsonl", "--from", "2026-01-01"), "one of the two"),
        (("--from", "yesterday"), "is no time"),
        (("--from", "2026-02-01", "--to", "2026-01-01"), "--to must be after"),
        (("nowhere.jsonl",), "There is no file nowhere.jsonl"),
        (("f.jsonl", "--concurrent", "--watch"), "not both"),
        (("f.jsonl", "--registry", "nowhere"), "Cannot read nowhere"),
        (("f.jsonl", "--registry", "."), "no .json file"),
        (("f.jsonl", "--registry", "bad.json"), "phase number 1"),
        (("f.jsonl", "--concurrent", "--candidate", "v9"), "No event has the label 'v9'"),
        (("f.jsonl", "--report", "no/where.json"), "Cannot write"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...], says: str,
) -> None:  # fmt: skip
    write(tmp_path / "f.jsonl", history([("v1", 20, {})]))
    if "bad.json" in words:
        (tmp_path / "bad.json").write_text('{"phases": [{"phase_id": "p"}]}')
    assert holdfast(monkeypatch, *words) == 2
    said = capsys.readouterr().err.strip()
    assert says in said
    assert len(said.splitlines()) == 1


def test_standard_input_and_several_files_are_merged_by_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    events = history(CHANGE)
    first = write(tmp_path / "b.jsonl", events[::2])
    second = write(tmp_path / "a.jsonl", events[1::2])
    assert holdfast(monkeypatch, first, second, "--expect", "change") == 0
    assert "out of order" not in capsys.readouterr().out
    piped = "".join(json.dumps(event) + "\n" for event in events).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(piped)))
    assert holdfast(monkeypatch, "-", "--expect", "change") == 0


def test_the_registry_gives_tiers_policies_and_phases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = write(tmp_path / "f.jsonl", stamped(1600, hurt=("acme",))), tmp_path / "registry"
    folder.mkdir()
    phase = {
        "phase_id": "p1", "rollout_id": "r1", "agent_id": "care", "wave": 1, "weight": 0.4,
        "controls": 1, "opened_at": 0,
        "cohorts": [{"baseline": "old", "candidate": "new", "tenants": {"acme": 2, "bravo": 2}}],
    }  # fmt: skip
    (folder / "phases.json").write_text(json.dumps({"phases": [phase], "bundles": []}))
    tenant = {"tenant_id": "acme", "stakes": "alert-and-continue"}
    (folder / "tenants.json").write_text(json.dumps({"tenants": [tenant]}))
    report = tmp_path / "r.json"
    assert holdfast(monkeypatch, path, "--registry", folder, "--report", report) == 0
    (one,) = json.loads(report.read_text())["comparisons"]
    (rollout,) = [s for s in one["subjects"] if s["kind"] == "rollout"]
    assert one["phases_from_stamps"] == []
    (acme,) = [t for t in rollout["tenants"] if t["tenant"] == "acme"]
    assert acme["verdict"] == "worse"
    assert not [a for a in rollout["would_have"] if a["kind"] == "revert"], "stakes let it be"


def test_ctrl_c_says_what_there_was_so_far(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", history(CHANGE))
    source = sources.source([path], None, None, None, None)

    def interrupted(reading: Reading) -> Any:
        for number, line in enumerate(source.lines(reading)):
            if number == 250:
                raise KeyboardInterrupt
            yield line

    for way in ("watch", "concurrent"):
        result = run(Request(source=interrupted, way=way, static=False))
        assert result.stopped
        assert result.events == 250
        assert result.comparisons[0].subjects


def test_only_one_tenant_or_agent_is_folded_in_if_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "f.jsonl", history(CALM, tenants=("acme", "bravo")))
    assert holdfast(monkeypatch, path, "--tenant", "acme") == 0
    assert "300 events" in capsys.readouterr().out
    assert holdfast(monkeypatch, path, "--agent", "other") == 2


def test_few_units_are_said_to_be_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path / "one.jsonl", history([("v1", 1, {})]))
    assert holdfast(monkeypatch, one) == 0
    said = capsys.readouterr().out
    assert "1 line: 1 event." in said
    assert "no change shown in 1 unit; 1 unit is too few to tell anything." in said
    assert "events/s" not in said
    three = write(tmp_path / "three.jsonl", history([("v1", 120, {}), ("v2", 3, {})]))
    assert holdfast(monkeypatch, three) == 0
    assert "3 units of v2 are too few to tell anything." in capsys.readouterr().out


def test_why_nothing_was_compared_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cached = [event | {"cache": True} for event in history([("v1", 20, {})])]
    assert holdfast(monkeypatch, write(tmp_path / "c.jsonl", cached)) == 2
    assert "no event gave evidence (answered from a cache: 20)." in capsys.readouterr().err
    mixed = write(tmp_path / "m.jsonl", history(CALM))
    assert holdfast(monkeypatch, mixed, "--paired") == 2
    assert capsys.readouterr().err.strip()


def test_nothing_is_as_expected_of_a_file_that_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cut_off(tmp_path / "cut.jsonl.gz")
    assert holdfast(monkeypatch, path) == 0
    assert holdfast(monkeypatch, path, "--expect", "none") == 1
    assert "could not be read to its end" in capsys.readouterr().err


def test_a_sparkline_shows_where_the_score_rose() -> None:
    course = [{"baseline": n, "candidate": n, "display": 0 if n < 50 else 100} for n in range(100)]
    bars = sparkline(course, width=10)
    assert bars == "▁▁▁▁▁█████"
    assert sparkline([]) == ""
