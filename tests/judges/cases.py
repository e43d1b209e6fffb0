# SPDX-License-Identifier: Apache-2.0
"""What is put before the judges: each spec, variant and bound, in the words of each of the three."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    model: str
    variant: str
    bounds: dict
    constants: dict  # of the TLA+ module, over those of its .cfg
    spin: list = field(default_factory=list)  # -D flags of the Promela file; empty: none is written
    spin_table: int = 22  # log2 of the slots of Spin's table
    spin_own: int = 0  # states that are Spin's own: before init has run
    full: bool = False  # takes minutes, so only with --full
    tlc: bool = True  # False: would take TLC many minutes, and a smaller bound has convinced it
    symmetry: bool = False
    liveness: bool = False  # it breaks that: counterexamples are lassos, whose lengths may differ
    whole: bool = True  # False: its whole space is large, so judged up to the violation only

    def name(self):
        bounds = " ".join(f"{key}={value}" for key, value in self.bounds.items())
        return f"{self.model} {self.variant} {bounds}" + (" by symmetry" if self.symmetry else "")


def names(prefix, first, last):
    return "{" + ", ".join(f"{prefix}{i}" for i in range(first, last + 1)) + "}"


ISR_FLAGS = {
    "high-watermark": ["HIGH_WATERMARK"],
    "kip-101": ["KIP_101"],
    "kip-279": ["KIP_279"],
    "kip-320-first-try": ["KIP_320_FIRST_TRY"],
    "kip-320": ["KIP_320"],
    "m1-isr-expand-before-epoch-start": ["KIP_320", "NO_M1"],
    "m2-unfenced-truncation": ["KIP_320", "NO_M2"],
    "m3-unfenced-high-watermark": ["KIP_320", "NO_M3"],
    "m4-unfenced-fetch": ["KIP_320", "NO_M4"],
    "m5-unfenced-expand": ["KIP_320", "NO_M5"],
}
ISR_PROTOCOLS = ["high-watermark", "kip-101", "kip-279", "kip-320-first-try", "kip-320"]
ASYNC_ISR_FLAGS = {
    "kip-497": ["KIP_497"],
    "b09-nonmaximal-isr": ["NONMAXIMAL"],
    "b18-stale-request": ["STALE"],
    "forgets-older-proposals": ["FORGETS"],
    "expands-below-high-watermark": ["BELOW"],
}


def isr(variant, r, e=2, **options):
    return Case("isr", variant, {"R": r, "L": 2, "N": 2, "E": e},
                {"Replicas": names("r", 1, r), "MaxEpoch": e, "Variant": f'"{variant}"'},
                ISR_FLAGS[variant] + ["WEAK", f"R={r}", "L=2", "N=2", f"E={e}"], **options)


def async_isr(variant, o, v, **options):
    return Case("async-isr", variant, {"R": 3, "O": o, "V": v},
                {"MaxOffset": o, "MaxVersion": v, "Variant": f'"{variant}"'},
                ASYNC_ISR_FLAGS[variant] + ["R=3", f"O={o}", f"V={v}"]
                if variant in ASYNC_ISR_FLAGS else [], **options)


def ring(variant, n, **options):
    return Case("leader-election", variant, {"N": n}, {"N": n, "Variant": f'"{variant}"'},
                [f"N={n}"] if variant == "ordered" else [], spin_own=1, **options)


FSYNC_RAFT_HOLDS = ["lazy-leader", "eager-leader", "recovery-instead-of-fsync"]
FSYNC_RAFT_BREAKS = ["b14-no-fsync", "b50-follower-acks-unsynced", "b50-leader-counts-unsynced",
                     "b48-vote-not-durable", "b47-vote-erased", "b49-leader-resumes"]


def fsync_raft(variant, slots, **options):
    return Case("fsync-raft", variant, {"T": 2, "L": slots, "N": slots, "P": 1},
                {"LogSize": slots, "MaxRecords": slots, "Variant": f'"{variant}"'}, **options)


def kraft(variant, e, c=0, d=0, **options):
    return Case("kraft", variant, {"E": e, "N": 0, "C": c, "D": d},
                {"MaxEpoch": e, "MaxChanges": c, "MaxDisks": d, "Variant": f'"{variant}"'},
                symmetry=True, **options)


def kraft_of_two(variant, **options):
    return Case("kraft", variant, {"R": 2, "V": 2, "E": 2, "N": 0, "K": 1},
                {"Servers": names("s", 1, 2), "FirstVoters": names("s", 1, 2), "MaxRestarts": 1,
                 "Variant": f'"{variant}"'}, **options)


ELR = ["kip-966", "b13-last-replica-standing", "b36-unclean-undetected", "b11-stale-broker-epoch",
       "commits-below-min-isr", "keeps-eligible-for-ever"]


def elr(variant, e, n, p, s, symmetry=True, **options):
    return Case("elr", variant, {"E": e, "N": n, "P": p, "S": s},
                {"MaxEpoch": e, "MaxRecords": n, "MaxLosses": p, "MaxStops": s, "Variant": f'"{variant}"'},
                symmetry=symmetry, **options)


def all_cases():
    cases = [isr(variant, 2) for variant in ISR_FLAGS]
    cases += [async_isr(variant, 2, 2) for variant in ASYNC_ISR_FLAGS]
    cases += [async_isr("b18-lost-answer", 2, 2, liveness=True)]
    cases += [ring("ordered", 4), ring("unordered", 3), ring("silent", 3)]
    cases += [fsync_raft(variant, 1) for variant in FSYNC_RAFT_HOLDS]
    cases += [fsync_raft(variant, 1, symmetry=True) for variant in FSYNC_RAFT_BREAKS]
    cases += [kraft("kip-996", 2)]
    cases += [kraft("b57-pre-votes-count", 2, whole=False)]
    cases += [kraft("b55-reused-identity", 2, d=1, whole=False)]
    cases += [kraft_of_two("kip-996"), kraft_of_two("b56-trusts-silent-leader", liveness=True)]
    cases += [elr(variant, 2, 1, 1, 0) for variant in ELR]
    cases += [elr("kip-966", 2, 1, 1, 0, symmetry=False)]
    cases += [elr("ignores-eligible", 2, 1, 1, 0, symmetry=False, liveness=True)]
    cases += [isr(variant, 3, full=True) for variant in ISR_FLAGS]
    cases += [isr(variant, 3, full=True, symmetry=True) for variant in ISR_PROTOCOLS]
    cases += [isr("kip-320", 3, e=3, full=True, tlc=False, spin_table=26)]
    cases += [async_isr(variant, 2, 4, full=True) for variant in ASYNC_ISR_FLAGS]
    cases += [async_isr("kip-497", 2, 4, full=True, symmetry=True)]
    cases += [ring("ordered", 6, full=True)]
    cases += [fsync_raft("lazy-leader", 2, full=True)]
    cases += [elr("kip-966", 2, 2, 1, 1, full=True)]
    cases += [kraft("kip-996", 2, d=1, full=True), kraft("kip-996", 2, c=1, full=True)]
    cases += [kraft("b08-diverging-fetch-counts", 3, full=True, whole=False)]
    cases += [kraft("b54-changes-pipelined", 2, c=2, full=True, whole=False)]
    return cases
