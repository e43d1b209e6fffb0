\* SPDX-License-Identifier: Apache-2.0
------------------------------- MODULE Kraft -------------------------------
\* Raft as Kafka's controllers speak it: followers pull, a server asks around before it starts an election, voters come
\* and go one at a time, a server is known by its disk too. The same model as kraft.h.
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Servers, FirstVoters, Nobody,
          MaxEpoch, MaxRecords, MaxChanges, MaxRestarts, MaxDisks,  \* bounds
          Variant

VARIABLES epoch, voted, log, replaced,  \* of each server, on disk: replaced: it is not the disk that the others know
          role, known, fetched, votes,  \* in memory: role, leader of the epoch, whether it fetched from it, who voted for it
          hw, acked,                    \* in memory: high watermark; as a leader, how far each server has fetched
          written, changes, restarts, disks,  \* budgets used
          history, byEpoch, conflict    \* all that was ever committed, by which epoch last, whether two commits differed
server == <<epoch, voted, log, replaced, role, known, fetched, votes, hw, acked>>
budgets == <<written, changes, restarts, disks>>
past == <<history, byEpoch, conflict>>
vars == <<server, budgets, past>>

Rules == {"b57-pre-votes-count", "b08-diverging-fetch-counts", "b51-commits-older-epoch", "b54-changes-pipelined",
          "b55-reused-identity", "b56-trusts-silent-leader"}
ASSUME Variant \in Rules \union {"kip-996"}
Keeps(rule) == Variant # rule
Slots == 5
Nothing == [s \in Servers |-> 0]

Init == /\ epoch = Nothing /\ voted = [s \in Servers |-> Nobody] /\ log = [s \in Servers |-> <<>>]
        /\ replaced = [s \in Servers |-> FALSE] /\ role = [s \in Servers |-> "unattached"]
        /\ known = [s \in Servers |-> Nobody] /\ fetched = [s \in Servers |-> FALSE]
        /\ votes = [s \in Servers |-> {}] /\ hw = Nothing /\ acked = [s \in Servers |-> Nothing]
        /\ written = 0 /\ changes = 0 /\ restarts = 0 /\ disks = 0
        /\ history = <<>> /\ byEpoch = 0 /\ conflict = FALSE

---------------------------------------------------------------------------
\* A record is <<voters, epoch>>: the new set of voters, or {} in a record that changes none.
Low(a, b) == IF a < b THEN a ELSE b
Most(S) == CHOOSE x \in S : \A y \in S : x >= y
Changed(s) == {i \in 1 .. Len(log[s]) : log[s][i][1] # {}}
LastChange(s) == Most({0} \union Changed(s))
Voters(s) == IF LastChange(s) = 0 THEN FirstVoters ELSE log[s][LastChange(s)][1]
IsMajority(s, S) == 2 * Cardinality(S \intersect Voters(s)) > Cardinality(Voters(s))
Matching(a, b) == Most({n \in 0 .. Low(Len(a), Len(b)) : SubSeq(a, 1, n) = SubSeq(b, 1, n)})
LastEpoch(a) == IF a = <<>> THEN 0 ELSE a[Len(a)][2]
IsAsFresh(a, b) == LastEpoch(a) > LastEpoch(b) \/ (LastEpoch(a) = LastEpoch(b) /\ Len(a) >= Len(b))

\* s takes a role in an epoch: what belongs to the old one is forgotten, the vote only in a later epoch.
InRole(s, newRole, e, leader, vote, by) ==
    /\ epoch' = [epoch EXCEPT ![s] = e]
    /\ role' = [role EXCEPT ![s] = newRole]
    /\ known' = [known EXCEPT ![s] = leader]
    /\ fetched' = [fetched EXCEPT ![s] = FALSE]
    /\ acked' = [acked EXCEPT ![s] = Nothing]
    /\ voted' = [voted EXCEPT ![s] = vote]
    /\ votes' = [votes EXCEPT ![s] = by]
SameVote(s, e) == IF e > epoch[s] THEN Nobody ELSE voted[s]

Timeout(s) ==
    /\ role[s] \notin {"prospective", "leader"} /\ s \in Voters(s) /\ epoch[s] < MaxEpoch /\ ~replaced[s]
    /\ Keeps("b56-trusts-silent-leader") \/ ~fetched[s]
    /\ InRole(s, "prospective", epoch[s], Nobody, voted[s], {s})
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

Stand(s) ==
    /\ role[s] = "prospective" /\ IsMajority(s, votes[s])
    /\ InRole(s, "candidate", epoch[s] + 1, Nobody, s, IF Keeps("b57-pre-votes-count") THEN {s} ELSE votes[s])
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

BecomeLeader(s) ==
    /\ role[s] = "candidate" /\ IsMajority(s, votes[s]) /\ Len(log[s]) < Slots
    /\ InRole(s, "leader", epoch[s], s, voted[s], {})
    /\ log' = [log EXCEPT ![s] = Append(@, <<{}, epoch[s]>>)]
    /\ UNCHANGED <<replaced, hw, budgets, past>>

\* c asks v, which may turn unattached because the epoch is a later one.
MayAsk(v, c) == epoch[v] <= epoch[c] /\ v \notin votes[c] /\ IsAsFresh(log[c], log[v]) /\ ~replaced[v]
RoleAsked(v, c) == IF epoch[v] < epoch[c] THEN "unattached" ELSE role[v]

PreVote(v, c) ==
    /\ role[c] = "prospective" /\ MayAsk(v, c)
    /\ RoleAsked(v, c) # "leader" /\ ~(RoleAsked(v, c) = "follower" /\ fetched[v])
    /\ IF epoch[v] < epoch[c]
       THEN /\ epoch' = [epoch EXCEPT ![v] = epoch[c]] /\ voted' = [voted EXCEPT ![v] = Nobody]
            /\ role' = [role EXCEPT ![v] = "unattached"] /\ known' = [known EXCEPT ![v] = Nobody]
            /\ fetched' = [fetched EXCEPT ![v] = FALSE] /\ acked' = [acked EXCEPT ![v] = Nothing]
            /\ votes' = [votes EXCEPT ![v] = {}, ![c] = @ \union {v}]
       ELSE votes' = [votes EXCEPT ![c] = @ \union {v}] /\ UNCHANGED <<epoch, voted, role, known, fetched, acked>>
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

Vote(v, c) ==
    /\ role[c] = "candidate" /\ MayAsk(v, c)
    /\ RoleAsked(v, c) \in {"unattached", "prospective"} /\ SameVote(v, epoch[c]) \in {Nobody, c}
    /\ epoch' = [epoch EXCEPT ![v] = epoch[c]] /\ voted' = [voted EXCEPT ![v] = c]
    /\ role' = [role EXCEPT ![v] = "unattached"] /\ known' = [known EXCEPT ![v] = Nobody]
    /\ fetched' = [fetched EXCEPT ![v] = FALSE] /\ acked' = [acked EXCEPT ![v] = Nothing]
    /\ votes' = [votes EXCEPT ![v] = {}, ![c] = @ \union {v}]
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

BeginQuorum(f, l) ==
    /\ role[l] = "leader" /\ epoch[f] <= epoch[l]
    /\ IF epoch[f] = epoch[l] THEN role[f] \notin {"leader", "follower"} ELSE TRUE
    /\ InRole(f, "follower", epoch[l], l, SameVote(f, epoch[l]), {})
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

Fetches(f, l) == role[l] = "leader" /\ role[f] = "follower" /\ epoch[f] = epoch[l] /\ known[f] = l
Diverges(f, l) == Matching(log[f], log[l]) < Len(log[f])
\* What the leader learns from the fetch itself.
AckedBy(f, l) ==
    IF ~replaced[f] /\ (~Diverges(f, l) \/ ~Keeps("b08-diverging-fetch-counts"))
    THEN [acked EXCEPT ![l][f] = Len(log[f])] ELSE acked

FetchUnanswered(f, l) ==
    /\ Fetches(f, l) /\ acked' = AckedBy(f, l)
    /\ UNCHANGED <<epoch, voted, log, replaced, role, known, fetched, votes, hw, budgets, past>>

FetchOrTruncate(f, l) ==
    LET end == Len(log[f])
        after == IF Diverges(f, l) THEN SubSeq(log[f], 1, Matching(log[f], log[l]))
                 ELSE IF end < Len(log[l]) THEN Append(log[f], log[l][end + 1]) ELSE log[f]
    IN /\ Fetches(f, l) /\ acked' = AckedBy(f, l)
       /\ log' = [log EXCEPT ![f] = after]
       /\ hw' = [hw EXCEPT ![f] = Low(hw[l], Len(after))]
       /\ fetched' = [fetched EXCEPT ![f] = TRUE]
       /\ UNCHANGED <<epoch, voted, replaced, role, known, votes, budgets, past>>

Write(l) ==
    /\ role[l] = "leader" /\ written < MaxRecords /\ Len(log[l]) < Slots
    /\ log' = [log EXCEPT ![l] = Append(@, <<{}, epoch[l]>>)] /\ written' = written + 1
    /\ UNCHANGED <<epoch, voted, replaced, role, known, fetched, votes, hw, acked, changes, restarts, disks, past>>

ChangeVoter(l, s) ==
    LET now == IF s \in Voters(l) THEN Voters(l) \ {s} ELSE Voters(l) \union {s}
    IN /\ role[l] = "leader" /\ changes < MaxChanges /\ Len(log[l]) < Slots
       /\ IF hw[l] = 0 THEN FALSE ELSE log[l][hw[l]][2] = epoch[l]
       /\ Keeps("b54-changes-pipelined") => LastChange(l) <= hw[l]
       /\ now # {} /\ (s \in now => ~replaced[s])
       /\ log' = [log EXCEPT ![l] = Append(@, <<now, epoch[l]>>)] /\ changes' = changes + 1
       /\ UNCHANGED <<epoch, voted, replaced, role, known, fetched, votes, hw, acked, written, restarts, disks, past>>

Resign(l) ==
    /\ role[l] = "leader" /\ l \notin Voters(l) /\ LastChange(l) <= hw[l]
    /\ InRole(l, "unattached", epoch[l], Nobody, voted[l], {})
    /\ UNCHANGED <<log, replaced, hw, budgets, past>>

IsCommittable(l, n) ==
    /\ IsMajority(l, {l} \union {s \in Servers : acked[l][s] >= n})
    /\ Keeps("b51-commits-older-epoch") => log[l][n][2] = epoch[l]
Commit(l) ==
    LET to == Most({0} \union {n \in 1 .. Len(log[l]) : IsCommittable(l, n)})
    IN /\ role[l] = "leader" /\ to > hw[l]
       /\ hw' = [hw EXCEPT ![l] = to]
       /\ byEpoch' = Most({byEpoch, epoch[l]})
       /\ history' = history \o SubSeq(log[l], Len(history) + 1, to)
       /\ conflict' = (conflict \/ Matching(log[l], history) < Low(to, Len(history)))
       /\ UNCHANGED <<epoch, voted, log, replaced, role, known, fetched, votes, acked, budgets>>

Restart(s) ==
    /\ restarts < MaxRestarts /\ restarts' = restarts + 1
    /\ InRole(s, "unattached", epoch[s], Nobody, voted[s], {})
    /\ hw' = [hw EXCEPT ![s] = 0]
    /\ UNCHANGED <<log, replaced, written, changes, disks, past>>

LoseDisk(s) ==
    /\ disks < MaxDisks /\ disks' = disks + 1
    /\ InRole(s, "unattached", 0, Nobody, Nobody, {})
    /\ hw' = [hw EXCEPT ![s] = 0] /\ log' = [log EXCEPT ![s] = <<>>]
    /\ replaced' = [replaced EXCEPT ![s] = Keeps("b55-reused-identity")]
    /\ UNCHANGED <<written, changes, restarts, past>>

Alone(s) == Timeout(s) \/ Stand(s) \/ BecomeLeader(s) \/ Write(s) \/ Commit(s) \/ Resign(s) \/ Restart(s) \/ LoseDisk(s)
Next == \E s \in Servers :
           \/ Alone(s) \/ \E other \in Servers : ChangeVoter(s, other)
           \/ \E o \in Servers \ {s} :
                 PreVote(s, o) \/ Vote(s, o) \/ BeginQuorum(s, o) \/ FetchUnanswered(s, o) \/ FetchOrTruncate(s, o)
PreVotes(s) == \E o \in Servers \ {s} : PreVote(s, o)
Votes(s) == \E o \in Servers \ {s} : Vote(s, o)
Begins(s) == \E o \in Servers \ {s} : BeginQuorum(s, o)
Fairness == \A s \in Servers : /\ WF_vars(Timeout(s)) /\ WF_vars(Stand(s)) /\ WF_vars(BecomeLeader(s))
                             /\ WF_vars(PreVotes(s)) /\ WF_vars(Votes(s)) /\ WF_vars(Begins(s))
Spec == Init /\ [][Next]_vars /\ Fairness

---------------------------------------------------------------------------
Leaders == {s \in Servers : role[s] = "leader"}
OneLeaderPerEpoch == \A a, b \in Leaders : epoch[a] = epoch[b] => a = b
CommittedSurvives == /\ ~conflict
                     /\ \A l \in Leaders : epoch[l] >= byEpoch => Matching(log[l], history) = Len(history)
\* A step other than a loss of memory or disk never shortens a log below its high watermark.
NothingCommittedIsCut == [][\A s \in Servers : disks' = disks => Len(log'[s]) >= hw[s]]_vars
SomeoneLeads == []<>(Leaders # {} \/ \E s \in Servers : epoch[s] = MaxEpoch)

Symmetric == Permutations(FirstVoters)
=============================================================================
