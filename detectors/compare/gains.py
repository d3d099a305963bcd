"""What one randomised block gains, metric by metric: the bets of `detectors.evidence.bets`.

Units come shuffled, so that which of equal values ranks first and who is whose control is chance.
`candidate` is 1 for the candidate's units and 0 for the baseline's; both occur. Of a block's bets,
[metric, bet], the first half are display bets and the second half action bets.
"""

from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from detectors.compiled import INT, NOTHING, REAL, filled, kernel, read

__all__ = ["beyond_margin", "count", "odds", "ranks"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


@kernel(
    NOTHING, filled(2), read(1), read(1, INT), read(1, INT), read(1), read(1), filled(3), filled(1)
)  # fmt: skip
def count(
    values: Floats,
    candidate: Floats,
    tails: Ints,
    sources: Ints,
    cuts: Floats,
    margins: Floats,
    totals: Floats,
    far: Floats,
) -> None:
    """Find which units are beyond the tails' cuts, and count units by metric and arm.

    Args:
        values: [unit, metric], NaN where absent; tails are written.
        candidate: [unit].
        tails: Metrics, [tail].
        sources: Metrics whose tails they are, [tail].
        cuts: [tail], NaN if unknown.
        margins: Factor by which a candidate's may lie beyond the cut, [tail].
        totals: Zeros; written: units, their values and squares, [3, arm, metric].
        far: Zeros; written: the candidate's units beyond margin times the cut, [tail].
    """
    for unit in range(len(candidate)):
        arm = int(candidate[unit])
        for tail in range(len(tails)):
            source, cut = values[unit, sources[tail]], cuts[tail]
            # Adding what is absent makes the tail absent too.
            beyond = 1.0 if source > cut else 0.0
            values[unit, tails[tail]] = beyond + 0.0 * (source + cut)
            if arm == 1 and source > margins[tail] * cut:
                far[tail] += 1.0
        for metric in range(values.shape[1]):
            value = values[unit, metric]
            if value == value:  # NaN is what does not equal itself
                totals[0, arm, metric] += 1.0
                totals[1, arm, metric] += value
                totals[2, arm, metric] += value * value


@kernel(REAL, REAL, read(2), INT, INT, INT, INT)
def _normaliser(odds: float, ways: Floats, n: int, n1: int, k: int, least: int) -> float:
    """Return ln sum_x C(n1, x) C(n - n1, k - x) odds^(x - least), the least x there can be."""
    total, power = 0.0, 1.0
    for x in range(least, min(n1, k) + 1):
        total += ways[n1, x] * ways[n - n1, k - x] * power
        power *= odds
    return log(total)


@kernel(
    NOTHING, read(3), read(1), read(1, INT), read(2), read(2), read(2), read(2), filled(2)
)  # fmt: skip
def odds(
    totals: Floats,
    far: Floats,
    metrics: Ints,
    chosen: Floats,
    against: Floats,
    slopes: Floats,
    ways: Floats,
    gain: Floats,
) -> None:
    """Write the gains of bets on successes, `odds_gain`.

    The candidate's units beyond a tail's cut are its successes to the display bets; to the action
    bets only those beyond margin times the cut are.

    Args:
        totals: From `count`.
        far: From `count`.
        metrics: Binary ones, the tails last.
        chosen: Odds ratios bet on, [binary metric, bet]: display, then action.
        against: Those that they are compared with, [binary metric, display and action].
        slopes: ln of the one over the other, [binary metric, bet]; 0: no bet.
        ways: n over k, [n, k].
        gain: Zeros; written, [metric, bet].
    """
    half, action = slopes.shape[1] // 2, gain.shape[1] // 2
    for row in range(len(metrics)):
        metric, tail = metrics[row], row - len(metrics) + len(far)
        n1 = int(totals[0, 1, metric])
        n = int(totals[0, 0, metric]) + n1
        missed, own = totals[1, 0, metric], totals[1, 1, metric]
        for side in range(2):
            hits = far[tail] if side == 1 and tail >= 0 else own
            k = int(min(max(missed + hits, 0.0), n))  # whatever the values were
            if n1 == 0 or n1 == n or k == 0 or k == n:
                continue  # only one way for it to fall: no bet can gain
            least = max(k - (n - n1), 0)
            usual = _normaliser(against[row, side], ways, n, n1, k, least)
            for bet in range(side * half, (side + 1) * half):
                if slopes[row, bet] != 0.0:
                    apart = _normaliser(chosen[row, bet], ways, n, n1, k, least) - usual
                    to = bet + side * (action - half)
                    gain[metric, to] = (hits - least) * slopes[row, bet] - apart


@kernel(NOTHING, read(2), read(1), read(1, INT), read(3), read(3), filled(2))
def ranks(
    values: Floats,
    candidate: Floats,
    metrics: Ints,
    scores: Floats,
    normalisers: Floats,
    gain: Floats,
) -> None:
    """Write the gains of the display bets on ranks, `rank_gain`.

    Args:
        values: [unit, metric], NaN where absent.
        candidate: [unit].
        metrics: Continuous ones.
        scores: ln scores of ranks, [n, rank, bet].
        normalisers: Their normalisers, [n, n1, bet].
        gain: Zeros; written, [metric, bet].
    """
    ranked = np.empty(len(candidate), np.intp)
    for metric in metrics:
        n = n1 = 0
        for unit in range(len(candidate)):
            value = values[unit, metric]
            if value != value:
                continue
            # An insertion sort: of equal values the first stays first.
            place = n
            while place > 0 and values[ranked[place - 1], metric] > value:
                ranked[place] = ranked[place - 1]
                place -= 1
            ranked[place] = unit
            n += 1
            n1 += int(candidate[unit])
        for rank in range(n):
            if candidate[ranked[rank]] == 1.0:
                for bet in range(scores.shape[2]):
                    gain[metric, bet] += scores[n, rank, bet]
        for bet in range(scores.shape[2]):
            gain[metric, bet] -= normalisers[n, n1, bet]


@kernel(INT, read(1), filled(1, INT))
def _rarer_first(candidate: Floats, units: Ints) -> int:
    """Write the units of the rarer arm, then those of the other; return how many are rarer."""
    n, n1, placed = len(candidate), 0, 0
    for unit in range(n):
        n1 += int(candidate[unit])
    few = 1.0 if 2 * n1 <= n else 0.0
    rarer = n1 if few == 1.0 else n - n1
    for unit in range(n):
        if candidate[unit] == few:
            units[placed] = unit
            placed += 1
        else:
            units[rarer + unit - placed] = unit
    return rarer


@kernel(
    NOTHING,
    read(2), read(1), read(1, INT), read(1, INT), read(1), read(1), INT, read(1), filled(2),
)  # fmt: skip
def beyond_margin(
    values: Floats,
    candidate: Floats,
    metrics: Ints,
    first: Ints,
    own: Floats,
    other: Floats,
    controls: int,
    fractions: Floats,
    gain: Floats,
) -> None:
    """Write the gains of the action bets on ranks, `action_gain`: x against margin times a control.

    Each unit of the rarer arm has controls of its own; candidates are worse where own x > other c.

    Args:
        values: [unit, metric], NaN where absent.
        candidate: [unit].
        metrics: [column]; one that is harmful either way has a column for each.
        first: Its first bet, [column].
        own: Factor of the candidate's value, [column].
        other: Factor of the control's, [column].
        controls: Of a unit, at most.
        fractions: Share of the capital that each bet stakes.
        gain: Zeros; written, [metric, bet].
    """
    n, units = len(candidate), np.empty(len(candidate), np.intp)
    rarer = _rarer_first(candidate, units)
    met, worse = np.empty(rarer), np.empty(rarer)
    for column in range(len(metrics)):
        metric = metrics[column]
        for group in range(rarer):
            met[group] = worse[group] = 0.0
        for i in range(min(n - rarer, rarer * controls)):
            group = i % rarer
            ours, theirs = values[units[group], metric], values[units[rarer + i], metric]
            if candidate[units[group]] == 0.0:
                ours, theirs = theirs, ours
            away = ours * own[column] - theirs * other[column]
            if away == away:
                met[group] += 1.0
                worse[group] += 1.0 if away > 0.0 else -1.0 if away < 0.0 else 0.0
        for group in range(rarer):
            share = worse[group] / max(met[group], 1.0)
            for bet in range(len(fractions)):
                gain[metric, first[column] + bet] += log1p(share * fractions[bet])
