\* SPDX-License-Identifier: Apache-2.0
------------------------------ MODULE AsyncIsr ------------------------------
\* How a leader changes its in-sync replicas (ISR) by messages (KIP-497): it proposes, the controller decides, and
\* both may have changed their minds before the other hears of it. The same model as async_isr.h.
EXTENDS Integers, FiniteSets, TLC

CONSTANTS Leader, Followers,      \* the brokers; leadership does not move here
          MaxOffset, MaxVersion,  \* bounds: records ever written, versions of the partition
          Variant                 \* "kip-497", or that without one of Rules

VARIABLES isr, version,    \* what the controller has decided last
          known, knownAt,  \* the newest decision that the leader has heard of
          pending,         \* union of all that the leader has proposed since; {}: nothing
          end,             \* end[r]: how many records r holds
          requests,        \* proposals on their way, never lost for good: <<version, isr>>
          updates          \* every decision of the controller, likewise
vars == <<isr, version, known, knownAt, pending, end, requests, updates>>

Rules == {"b09-nonmaximal-isr", "b18-stale-request", "forgets-older-proposals", "expands-below-high-watermark",
          "b18-lost-answer"}
ASSUME Variant \in Rules \union {"kip-497"}
Keeps(rule) == Variant # rule
Replicas == Followers \union {Leader}
Least(S) == CHOOSE x \in S : \A y \in S : x <= y

Init == /\ isr = Replicas /\ version = 0 /\ known = Replicas /\ knownAt = 0 /\ pending = {}
        /\ end = [r \in Replicas |-> 0]
        /\ requests = {} /\ updates = {}

\* Whatever the controller makes of the proposals, its ISR is within this: KIP-497's maximal ISR.
Counted == IF Keeps("b09-nonmaximal-isr") THEN known \union pending ELSE known
HighWatermark == Least({end[r] : r \in Counted})

Decide(members, isTold) ==
    /\ version < MaxVersion
    /\ isr' = members /\ version' = version + 1
    /\ updates' = IF isTold THEN updates \union {<<version + 1, members>>} ELSE updates
    /\ UNCHANGED <<known, knownAt, pending, end, requests>>

CtrlShrinkIsr(f) == f \in isr /\ Decide(isr \ {f}, TRUE)
CtrlAccept(request) == (Keeps("b18-stale-request") => request[1] = version) /\ Decide(request[2], Keeps("b18-lost-answer"))

Propose(members) ==
    /\ requests' = requests \union {<<knownAt, members>>}
    /\ pending' = IF Keeps("forgets-older-proposals") THEN pending \union members ELSE members
    /\ UNCHANGED <<isr, version, known, knownAt, end, updates>>

ProposeShrink(f) == f \in known /\ Propose(known \ {f})
ProposeExpand(f) ==
    /\ f \notin known
    /\ Keeps("expands-below-high-watermark") => end[f] >= HighWatermark
    /\ Propose(known \union {f})

LeaderLearn(update) ==
    /\ update[1] > knownAt
    /\ knownAt' = update[1] /\ known' = update[2] /\ pending' = {}
    /\ UNCHANGED <<isr, version, end, requests, updates>>

LeaderWrite ==
    /\ end[Leader] < MaxOffset
    /\ end' = [end EXCEPT ![Leader] = @ + 1]
    /\ UNCHANGED <<isr, version, known, knownAt, pending, requests, updates>>

FollowerFetch(f) ==
    /\ end[f] < end[Leader]
    /\ end' = [end EXCEPT ![f] = @ + 1]
    /\ UNCHANGED <<isr, version, known, knownAt, pending, requests, updates>>

Next == \/ LeaderWrite
        \/ \E f \in Followers : CtrlShrinkIsr(f) \/ ProposeShrink(f) \/ ProposeExpand(f) \/ FollowerFetch(f)
        \/ \E request \in requests : CtrlAccept(request)
        \/ \E update \in updates : LeaderLearn(update)

Spec == Init /\ [][Next]_vars /\ WF_vars(\E update \in updates : LeaderLearn(update))

\* Whoever the controller may elect holds everything that is committed.
ValidHighWatermark == \A r \in isr : end[r] >= HighWatermark
\* What consumers have seen stays committed.
HighWatermarkNeverFalls == [][HighWatermark' >= HighWatermark]_vars
LeaderCatchesUp == []<>(knownAt = version)

Symmetric == Permutations(Followers)
=============================================================================
