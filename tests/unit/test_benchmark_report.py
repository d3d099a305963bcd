import json
from pathlib import Path

import pytest

from benchmarks.report import report, row


def test_a_ratio_says_how_many_times_better_we_are() -> None:
    assert row("cost", 2.0, "us", peer="p", peer_value=8.0).ratio == 4
    assert row("rate", 8.0, "1/s", peer="p", peer_value=2.0, better="more").ratio == 4
    assert row("cost", 2.0, "us").ratio is None
    assert row("cost", 0.0, "us", peer="p", peer_value=8.0).ratio is None


def test_benchmarks_share_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.json"
    report("one", [row("a", 1.0, "us", peer="p", peer_value=3.0)], path)
    report("two", [row("b", 2.0, "us")], path)
    results = json.loads(path.read_text())["results"]
    assert [entry["ratio"] for entry in results["one"]] == [3.0]
    assert [entry["value"] for entry in results["two"]] == [2.0]
    assert "against p 3: 3.00 x" in capsys.readouterr().out
