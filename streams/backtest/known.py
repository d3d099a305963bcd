"""What a backtest knows of the registry: files of a folder, or what the stamps themselves say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from control.bundles import verify
from control.errors import BundleError
from control.phases import controls
from detectors.seen import PIN, Seen
from schemas import Bundle, Cohort, Phase, Policy, Tenant
from streams.desk import registry
from streams.desk.errors import UnreadableFileError

__all__ = ["Known", "Stamps", "load"]


@dataclass(slots=True)
class Known:
    """Tenants, policies, phases and bundles, by id."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    phases: dict[str, Phase] = field(default_factory=dict)
    bundles: dict[str, Bundle] = field(default_factory=dict)
    rebuilt: list[str] = field(default_factory=list)
    """Phases that were put together from stamps."""

    def policy(self, phase_id: str | None) -> Policy:
        """Return the policy of a phase, the default one without a phase."""
        phase = self.phases.get(phase_id or "")
        name = phase.policy_id if phase else "default"
        return self.policies.get(name) or Policy(policy_id=name)


def load(place: Path) -> Known:
    """Read a registry file, or every .json file of a folder.

    A file is what `holdfast registry apply` takes, with `phases` if there are any, or what
    `holdfast registry show --json` prints.

    Raises:
        UnreadableFileError: One is missing, no JSON, or an entry is wrong; the message says which.
    """
    paths = sorted(place.glob("*.json")) if place.is_dir() else [place]
    if not paths:
        message = (
            f"There is no .json file in {place}; write one with `holdfast registry show --json`."
        )
        raise UnreadableFileError(message)
    known = Known()
    for path in paths:
        _add(known, path)
    return known


def _add(known: Known, path: Path) -> None:
    content = registry.content(path)
    phases = content.pop("phases", [])
    if isinstance(content.get("bundles"), list):
        shown = _each(Bundle, content.pop("bundles"), "bundle", path)
        known.bundles |= {one.bundle_id: one for one in shown}
    entries = registry.parse(content, str(path))
    known.bundles |= entries.bundles
    known.tenants |= entries.tenants
    known.policies |= entries.policies
    known.phases |= {one.phase_id: one for one in _each(Phase, phases, "phase", path)}


def _each(contract: type[Any], rows: Iterable[Any], kind: str, path: Path) -> list[Any]:
    found, where = [], kind
    try:
        for number, row in enumerate(rows, 1):
            where = f"{kind} number {number}"
            one = contract.model_validate(row)
            found.append(verify(one) if isinstance(one, Bundle) else one)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        spot = ".".join(str(part) for part in first["loc"])
        message = f"{path}: {where}: {spot}: {first['msg']}."
        raise UnreadableFileError(message) from error
    except BundleError as error:
        message = f"{path}: {where}: {error}."
        raise UnreadableFileError(message) from error
    except TypeError as error:
        message = f"{path}: {kind}s must be a list."
        raise UnreadableFileError(message) from error
    return found


@dataclass(slots=True)
class _Seen:
    """What the stamps say of one phase."""

    agent_id: str
    first_at: int
    bundles: dict[tuple[str, str], str] = field(default_factory=dict)
    """(tenant, arm) -> bundle."""
    epochs: dict[str, int] = field(default_factory=dict)
    units: dict[str, set[int]] = field(
        default_factory=lambda: {"baseline": set(), "candidate": set()}
    )


class Stamps:
    """Puts phases together from the stamps of events, where no registry tells of them.

    Args:
        known: Phases that need not be.
    """

    def __init__(self, known: Mapping[str, Phase]) -> None:
        self._known = known
        self._phases: dict[str, _Seen] = {}

    def meet(self, seen: Seen) -> None:
        """Look at one event."""
        stamp = seen.stamp
        if stamp is None or stamp.phase_id in self._known or stamp.phase_id == PIN or seen.outcome:
            return
        found = self._phases.get(stamp.phase_id)
        if found is None:
            found = self._phases[stamp.phase_id] = _Seen(seen.agent_id, seen.at)
        found.bundles.setdefault((seen.tenant_id, stamp.arm), seen.bundle_id)
        found.epochs[seen.tenant_id] = max(found.epochs.get(seen.tenant_id, 1), stamp.epoch)
        found.units[stamp.arm].add(hash((seen.tenant_id, stamp.unit_id)))

    def phases(self) -> dict[str, Phase]:
        """Return the phases that are not known and that both arms were seen of.

        Phases of an agent with the same candidates are taken for the waves of one rollout.
        """
        rollouts: dict[tuple[str, frozenset[str]], int] = {}
        made: dict[str, Phase] = {}
        for phase_id, seen in sorted(self._phases.items(), key=lambda one: one[1].first_at):
            cohorts = _cohorts(seen)
            if not cohorts:
                continue
            name = seen.agent_id, frozenset(one.candidate for one in cohorts)
            wave = rollouts[name] = rollouts.get(name, 0) + 1
            n0, n1 = (len(seen.units[arm]) for arm in ("baseline", "candidate"))
            weight = n1 / (n0 + n1)
            made[phase_id] = Phase(
                phase_id=phase_id, rollout_id=f"recorded-{list(rollouts).index(name) + 1}",
                agent_id=seen.agent_id, wave=wave, weight=weight, controls=controls(weight),
                cohorts=cohorts, opened_at=seen.first_at,
            )  # fmt: skip
        return made


def _cohorts(seen: _Seen) -> list[Cohort]:
    """Return the tenants of which both arms were seen, by their pair of bundles."""
    pairs: dict[tuple[str, str], dict[str, int]] = {}
    for tenant, epoch in seen.epochs.items():
        baseline = seen.bundles.get((tenant, "baseline"))
        candidate = seen.bundles.get((tenant, "candidate"))
        if baseline and candidate:
            pairs.setdefault((baseline, candidate), {})[tenant] = max(epoch, 1)
    return [
        Cohort(baseline=baseline, candidate=candidate, tenants=tenants)
        for (baseline, candidate), tenants in pairs.items()
    ]
