"""Seats: one process each, and who takes a dead one's knows which member it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from streams.kafka.seats import Seat, take

DIE = """
import os, signal, sys
from pathlib import Path
from streams.kafka.seats import take
take(Path(sys.argv[1]), "measure").note(sys.argv[2])
os.kill(os.getpid(), signal.SIGKILL)
"""


def die(folder: Path, member: str) -> None:
    """Have a process take the first free seat of a group and be killed in it."""
    ended = subprocess.run([sys.executable, "-c", DIE, str(folder), member], check=False)
    assert ended.returncode == -signal.SIGKILL


def test_the_seat_of_the_living_is_taken(tmp_path: Path) -> None:
    one, other, group = (take(tmp_path, name) for name in ("measure", "measure", "decide"))
    one.note("m-1")
    third = take(tmp_path, "measure")
    assert [seat.predecessor for seat in (one, other, group, third)] == [""] * 4
    assert {path.name for path in tmp_path.iterdir()} == {
        "measure-0", "measure-1", "measure-2", "decide-0",
    }  # fmt: skip


def test_who_takes_the_seat_of_the_dead_knows_its_member(tmp_path: Path) -> None:
    die(tmp_path, "m-1")
    living = take(tmp_path, "measure")
    assert living.predecessor == "m-1"
    living.note("m-2-of-a-longer-name")
    living.note("m-3")
    die(tmp_path, "m-4")
    assert (tmp_path / "measure-0").read_text() == "m-3"
    assert take(tmp_path, "measure").predecessor == "m-4"


def test_who_has_left_by_itself_is_not_left_for(tmp_path: Path) -> None:
    die(tmp_path, "")
    assert take(tmp_path, "measure").predecessor == ""


def test_where_no_file_can_be_held_there_is_nothing_to_remember(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    seat = take(tmp_path / "file" / "seats", "measure")
    seat.note("m-1")
    assert seat.predecessor == ""


def test_a_disk_that_takes_no_name_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "measure-0"
    path.write_bytes(b"m-1")
    file = os.open(path, os.O_RDONLY)  # refuses to be written to, as a full disk does
    try:
        Seat(file).note("m-2")
    finally:
        os.close(file)
    assert path.read_bytes() == b"m-1"


def test_what_is_no_name_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "measure-0").write_bytes(b"\xff" * 5_000)
    assert len(take(tmp_path, "measure").predecessor) == 1_024
