\* SPDX-License-Identifier: Apache-2.0
-------------------------------- MODULE Elr --------------------------------
\* Who may lead after brokers lost what was not on disk: the eligible leader replicas of KIP-966. The same model as
\* elr.h. Decisions of the controller reach the brokers at once.
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Brokers, NoOne, MinIsr,
          MaxEpoch, MaxRecords, MaxLosses, MaxStops,  \* bounds
          Variant

VARIABLES status,       \* of each broker: "up", "stopped" or "lost power"
          log,          \* of each broker: the epochs of its records
          acked,        \* how far the leader knows each broker to be
          leader, epoch, isr, elr,  \* what the controller has decided: in-sync and eligible replicas
          hw,           \* of the leader
          written, losses, stops,   \* budgets used
          history, conflict         \* all that was ever committed; whether two commits differed
vars == <<status, log, acked, leader, epoch, isr, elr, hw, written, losses, stops, history, conflict>>

Variants == {"kip-966", "b13-last-replica-standing", "b36-unclean-undetected", "b11-stale-broker-epoch",
             "commits-below-min-isr", "keeps-eligible-for-ever", "ignores-eligible"}
ASSUME Variant \in Variants
Old == Variant = "b13-last-replica-standing"

Init == /\ status = [b \in Brokers |-> "up"] /\ log = [b \in Brokers |-> <<>>] /\ acked = [b \in Brokers |-> 0]
        /\ leader = NoOne /\ epoch = 0 /\ isr = Brokers /\ elr = {} /\ hw = 0
        /\ written = 0 /\ losses = 0 /\ stops = 0 /\ history = <<>> /\ conflict = FALSE

---------------------------------------------------------------------------
Low(a, b) == IF a < b THEN a ELSE b
Least(S) == CHOOSE x \in S : \A y \in S : x <= y
Most(S) == CHOOSE x \in S : \A y \in S : x >= y
Matching(a, b) == Most({n \in 0 .. Low(Len(a), Len(b)) : SubSeq(a, 1, n) = SubSeq(b, 1, n)})
Up(b) == status[b] = "up"
IsLarge(members) == Cardinality(members) >= MinIsr
\* Who leaves a set that becomes too small stays eligible; a set that is large enough has no need of others.
Eligible(members) ==
    LET staying == (elr \ members) \union IF ~Old /\ ~IsLarge(members) THEN isr \ members ELSE {}
    IN IF IsLarge(members) /\ Variant # "keeps-eligible-for-ever" THEN {} ELSE staying
SetIsr(members) == isr' = members /\ elr' = Eligible(members)

Restart(b) ==
    /\ ~Up(b)
    /\ status' = [status EXCEPT ![b] = "up"]
    /\ acked' = IF Variant = "b11-stale-broker-epoch" THEN acked ELSE [acked EXCEPT ![b] = 0]
    /\ leader' = IF leader = b THEN NoOne ELSE leader
    /\ IF status[b] = "lost power" /\ ~Old /\ Variant # "b36-unclean-undetected"
       THEN isr' = isr \ {b} /\ elr' = Eligible(isr \ {b}) \ {b} ELSE UNCHANGED <<isr, elr>>
    /\ UNCHANGED <<log, epoch, hw, written, losses, stops, history, conflict>>

Stop(b) ==
    /\ Up(b) /\ stops < MaxStops /\ stops' = stops + 1
    /\ status' = [status EXCEPT ![b] = "stopped"]
    /\ UNCHANGED <<log, acked, leader, epoch, isr, elr, hw, written, losses, history, conflict>>

LosePower(b, keep) ==
    /\ Up(b) /\ losses < MaxLosses /\ losses' = losses + 1
    /\ status' = [status EXCEPT ![b] = "lost power"]
    /\ log' = [log EXCEPT ![b] = SubSeq(@, 1, keep)]
    /\ UNCHANGED <<acked, leader, epoch, isr, elr, hw, written, stops, history, conflict>>

\* The controller.
Fence(b) ==
    /\ ~Up(b) /\ (b \in isr \/ leader = b)
    /\ SetIsr(IF Old /\ isr = {b} THEN isr ELSE isr \ {b})
    /\ leader' = IF leader = b THEN NoOne ELSE leader
    /\ UNCHANGED <<status, log, acked, epoch, hw, written, losses, stops, history, conflict>>

Elect(b) ==
    /\ leader = NoOne /\ Up(b) /\ epoch < MaxEpoch
    /\ b \in isr \/ (b \in elr /\ Variant # "ignores-eligible" /\ \A other \in isr : ~Up(other))
    /\ IF b \in isr THEN UNCHANGED <<isr, elr>> ELSE SetIsr(isr \union {b})
    /\ leader' = b /\ epoch' = epoch + 1 /\ hw' = 0 /\ acked' = [other \in Brokers |-> 0]
    /\ UNCHANGED <<status, log, written, losses, stops, history, conflict>>

\* The leader.
Leads(l) == leader = l /\ Up(l)
Write(l) ==
    /\ Leads(l) /\ written < MaxRecords /\ IsLarge(isr)
    /\ log' = [log EXCEPT ![l] = Append(@, epoch)] /\ written' = written + 1
    /\ UNCHANGED <<status, acked, leader, epoch, isr, elr, hw, losses, stops, history, conflict>>

Commit(l) ==
    LET to == Least({Len(log[l])} \union {acked[b] : b \in isr \ {l}})
    IN /\ Leads(l) /\ to > hw /\ (IsLarge(isr) \/ Old \/ Variant = "commits-below-min-isr")
       /\ hw' = to
       /\ history' = history \o SubSeq(log[l], Len(history) + 1, to)
       /\ conflict' = (conflict \/ Matching(log[l], history) < Low(to, Len(history)))
       /\ UNCHANGED <<status, log, acked, leader, epoch, isr, elr, written, losses, stops>>

ShrinkIsr(l, f) ==
    /\ Leads(l) /\ f \in isr /\ acked[f] # Len(log[l]) /\ SetIsr(isr \ {f})
    /\ UNCHANGED <<status, log, acked, leader, epoch, hw, written, losses, stops, history, conflict>>

Began(l) == Cardinality({i \in 1 .. Len(log[l]) : log[l][i] < epoch})
ExpandIsr(l, f) ==
    /\ Leads(l) /\ f \notin isr /\ Up(f) /\ acked[f] >= hw /\ acked[f] >= Began(l) /\ SetIsr(isr \union {f})
    /\ UNCHANGED <<status, log, acked, leader, epoch, hw, written, losses, stops, history, conflict>>

Fetch(f, l) ==
    LET end == Len(log[f])
        same == Matching(log[f], log[l])
    IN /\ Leads(l) /\ Up(f)
       /\ log' = [log EXCEPT ![f] = IF same < end THEN SubSeq(@, 1, same)
                                    ELSE IF end < Len(log[l]) THEN Append(@, log[l][end + 1]) ELSE @]
       /\ acked' = IF same < end THEN acked ELSE [acked EXCEPT ![f] = end]
       /\ UNCHANGED <<status, leader, epoch, isr, elr, hw, written, losses, stops, history, conflict>>

Next == \E b \in Brokers :
           \/ Restart(b) \/ Stop(b) \/ Fence(b) \/ Elect(b) \/ Write(b) \/ Commit(b)
           \/ \E keep \in 0 .. Len(log[b]) : LosePower(b, keep)
           \/ \E f \in Brokers \ {b} : ShrinkIsr(b, f) \/ ExpandIsr(b, f) \/ Fetch(f, b)
Spec == Init /\ [][Next]_vars /\ \A b \in Brokers : WF_vars(Elect(b)) /\ WF_vars(Fence(b)) /\ WF_vars(Restart(b))

---------------------------------------------------------------------------
HasCommitted(b) == Matching(log[b], history) = Len(history)
LeaderHasCommitted == ~conflict /\ (leader # NoOne => (Up(leader) => HasCommitted(leader)))
EligibleHaveCommitted == \A b \in isr \union elr : Up(b) => HasCommitted(b)
SetsAreValid == isr \intersect elr = {} /\ (IsLarge(isr) => elr = {})
SomeEligibleLeads == []<>((IF leader = NoOne THEN FALSE ELSE Up(leader)) \/ epoch = MaxEpoch \/ isr \union elr = {})

Symmetric == Permutations(Brokers)
=============================================================================
