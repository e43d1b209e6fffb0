\* SPDX-License-Identifier: Apache-2.0
-------------------------------- MODULE Isr --------------------------------
\* One Kafka partition with a controller that is always reachable by compare-and-set: how a follower
\* truncates, and when the high watermark and the in-sync replicas (ISR) may move. The five protocols are
\* those that Kafka really went through (Variant), and each rule of the last one can be left out (Mutant).
\* The same model as isr.h, written a second time; README.md beside it says how the two are compared.
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Replicas, NoOne,                \* the brokers, and the leader of an epoch without one
          LogSize, MaxRecords, MaxEpoch,  \* bounds: slots of a log, records ever written, last epoch
          Variant                         \* one of Protocols, or kip-320 without one of Rules

VARIABLES epochs,   \* epochs[i]: the decision of the controller for epoch i-1, as it was sent to all
          isr,      \* the ISR the controller holds now; a leader may change it within its epoch
          written,  \* how many records were ever written; their number is their identity
          log,      \* log[r]: a sequence of records <<id, epoch>>
          hw,       \* high watermark: records below it are committed as far as r knows
          view      \* view[r]: the newest decision that r has processed, with r's own idea of the ISR
vars == <<epochs, isr, written, log, hw, view>>

Unaware == [epoch |-> -1, leader |-> NoOne, isr |-> {}]

Init == /\ epochs = <<>> /\ isr = Replicas /\ written = 0
        /\ log = [r \in Replicas |-> <<>>]
        /\ hw = [r \in Replicas |-> 0]
        /\ view = [r \in Replicas |-> Unaware]

---------------------------------------------------------------------------
Rules == {"m1-isr-expand-before-epoch-start", "m2-unfenced-truncation", "m3-unfenced-high-watermark",
          "m4-unfenced-fetch", "m5-unfenced-expand"}
Protocols == {"high-watermark", "kip-101", "kip-279", "kip-320-first-try", "kip-320"}
ASSUME Variant \in Rules \union Protocols

Newer == Variant = "kip-320" \/ Variant \in Rules
Keeps(rule) == Newer /\ Variant # rule
FirstTry == Variant = "kip-320-first-try"
Low(a, b) == IF a < b THEN a ELSE b
End(r) == Len(log[r])
Leads(r) == view[r].leader = r
Follows(f, l) == view[f].leader = l
SameEpoch(f, l) == view[f].epoch = view[l].epoch
Elected == IF epochs = <<>> THEN NoOne ELSE epochs[Len(epochs)].leader
\* The controller accepts a change of the ISR from the leader of the newest epoch only.
IsTrueLeader(l) == Leads(l) /\ Elected = l /\ view[l].epoch = Len(epochs) - 1

\* The controller.
Decide(leader, members) ==
    /\ Len(epochs) <= MaxEpoch
    /\ epochs' = Append(epochs, [leader |-> leader, isr |-> members])
    /\ isr' = members
    /\ UNCHANGED <<written, log, hw, view>>

CtrlShrinkIsr(r) ==
    LET rest == IF isr = {r} THEN isr ELSE isr \ {r}
    IN \/ Elected = r /\ Decide(NoOne, rest)
       \/ Elected # r /\ r \in isr /\ Decide(Elected, isr \ {r})

CtrlElectLeader(r) == r \in isr /\ r # Elected /\ Decide(r, isr)

\* A leader.
BecomeLeader(e) ==
    LET r == epochs[e + 1].leader
    IN /\ r # NoOne /\ e > view[r].epoch
       /\ view' = [view EXCEPT ![r] = [epoch |-> e, leader |-> r, isr |-> epochs[e + 1].isr]]
       /\ UNCHANGED <<epochs, isr, written, log, hw>>

LeaderWrite(l) ==
    /\ Leads(l) /\ written < MaxRecords /\ End(l) < LogSize
    /\ log' = [log EXCEPT ![l] = Append(@, <<written, view[l].epoch>>)]
    /\ written' = written + 1
    /\ UNCHANGED <<epochs, isr, hw, view>>

\* f has what l holds below `end`, as far as l can tell: the first try compares the epoch of the last such record.
CaughtUp(l, f, end) ==
    /\ Follows(f, l) /\ (FirstTry => Leads(l))
    /\ IF end = 0 THEN TRUE
       ELSE end <= End(l) /\ end <= End(f) /\ (FirstTry => log[l][end][2] = log[f][end][2])

Replicated(l, f, end) ==
    IF FirstTry THEN CaughtUp(l, f, end)
    ELSE Follows(f, l) /\ end <= End(f) /\ (Keeps("m3-unfenced-high-watermark") => SameEpoch(f, l))

LeaderIncHighWatermark(l) ==
    /\ Leads(l) /\ hw[l] < End(l)
    /\ \A f \in view[l].isr : Replicated(l, f, hw[l] + 1)
    /\ hw' = [hw EXCEPT ![l] = @ + 1]
    /\ UNCHANGED <<epochs, isr, written, log, view>>

ChangeIsr(l, members) ==
    /\ IsTrueLeader(l)
    /\ isr' = members
    /\ view' = [view EXCEPT ![l].isr = members]
    /\ UNCHANGED <<epochs, written, log, hw>>

Lags(l, f) ==
    IF Newer THEN ~(Follows(f, l) /\ SameEpoch(f, l) /\ End(f) >= End(l)) ELSE ~CaughtUp(l, f, End(l))

LeaderShrinkIsr(l, f) == f \in view[l].isr \ {l} /\ Lags(l, f) /\ ChangeIsr(l, view[l].isr \ {f})

ReachedOwnEpoch(l) == IF hw[l] = End(l) THEN TRUE ELSE log[l][hw[l] + 1][2] = view[l].epoch

MayJoin(l, f) ==
    /\ IF Newer THEN Follows(f, l) /\ hw[l] <= End(f) /\ (Keeps("m5-unfenced-expand") => SameEpoch(f, l))
                ELSE CaughtUp(l, f, hw[l])
    /\ (FirstTry \/ Keeps("m1-isr-expand-before-epoch-start")) => ReachedOwnEpoch(l)

LeaderExpandIsr(l, f) == f \notin view[l].isr /\ MayJoin(l, f) /\ ChangeIsr(l, view[l].isr \union {f})

\* A follower.
\* One after the last offset at which the two logs hold the same record.
TailMatch(l, f) ==
    LET same == {i \in 1 .. Low(End(l), End(f)) : log[l][i] = log[f][i]}
    IN IF same = {} THEN 0 ELSE CHOOSE i \in same : \A j \in same : j <= i

\* Where the leader's records newer than the last epoch of the follower begin.
EpochEnd(l, f) ==
    LET last == log[f][End(f)][2]
        later == {i \in 1 .. End(l) : log[l][i][2] > last}
    IN IF End(l) > 0 /\ log[l][End(l)][2] = last THEN End(l)
       ELSE IF later = {} THEN hw[f] ELSE (CHOOSE i \in later : \A j \in later : i <= j) - 1

TruncationOffset(l, f) ==
    CASE Variant = "high-watermark" -> hw[f]
      [] Variant = "kip-101" -> IF End(f) = 0 THEN 0 ELSE EpochEnd(l, f)
      [] FirstTry -> End(f)  \* not now, but when a fetch finds out: FollowerTruncate
      [] OTHER -> TailMatch(l, f)

BecomeFollower(f, e) ==
    LET l == epochs[e + 1].leader
        cut == TruncationOffset(l, f)
    IN /\ l # NoOne /\ l # f /\ e > view[f].epoch
       /\ Keeps("m2-unfenced-truncation") => Leads(l) /\ view[l].epoch = e
       /\ cut <= End(f)
       /\ log' = [log EXCEPT ![f] = SubSeq(@, 1, cut)]
       /\ hw' = [hw EXCEPT ![f] = IF FirstTry THEN @ ELSE Low(@, cut)]
       /\ view' = [view EXCEPT ![f] = [epoch |-> e, leader |-> l, isr |-> epochs[e + 1].isr]]
       /\ UNCHANGED <<epochs, isr, written>>

FollowerFetch(l, f) ==
    /\ Leads(l) /\ Follows(f, l) /\ End(f) < End(l)
    /\ Keeps("m4-unfenced-fetch") => SameEpoch(f, l)
    /\ FirstTry => CaughtUp(l, f, End(f))
    /\ log' = [log EXCEPT ![f] = Append(@, log[l][End(f) + 1])]
    /\ hw' = [hw EXCEPT ![f] = Low(hw[l], End(f) + 1)]
    /\ UNCHANGED <<epochs, isr, written, view>>

FollowerTruncate(l, f) ==
    /\ FirstTry /\ Leads(l) /\ Follows(f, l)
    /\ IF End(f) > End(l) THEN TRUE ELSE End(f) > 0 /\ log[l][End(f)][2] # log[f][End(f)][2]
    /\ log' = [log EXCEPT ![f] = SubSeq(@, 1, TailMatch(l, f))]
    /\ hw' = [hw EXCEPT ![f] = Low(@, TailMatch(l, f))]
    /\ UNCHANGED <<epochs, isr, written, view>>

Next ==
    \/ \E r \in Replicas : CtrlShrinkIsr(r) \/ CtrlElectLeader(r) \/ LeaderWrite(r) \/ LeaderIncHighWatermark(r)
    \/ \E e \in 0 .. Len(epochs) - 1 : BecomeLeader(e) \/ \E f \in Replicas : BecomeFollower(f, e)
    \/ \E l \in Replicas : \E f \in Replicas \ {l} :
          LeaderShrinkIsr(l, f) \/ LeaderExpandIsr(l, f) \/ FollowerFetch(l, f) \/ FollowerTruncate(l, f)

Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
\* Everything below the high watermark of whoever thinks it leads is the same on all of `members`.
Held(l, members) ==
    \A f \in members : \A i \in 1 .. hw[l] : i <= End(l) /\ i <= End(f) /\ log[l][i] = log[f][i]

WeakIsr == \A l \in Replicas : Leads(l) => Held(l, view[l].isr)
StrongIsr == \A l \in Replicas : Leads(l) => Held(l, isr)  \* what a clean election relies on

Symmetric == Permutations(Replicas)
=============================================================================
