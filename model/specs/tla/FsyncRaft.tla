\* SPDX-License-Identifier: Apache-2.0
----------------------------- MODULE FsyncRaft -----------------------------
\* A replicated log whose servers lose power: which fsyncs does it need? The same model as fsync_raft.h.
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS Servers, Nobody,
          MaxTerm, LogSize, MaxRecords, MaxLosses,  \* bounds
          Variant

VARIABLES term, voted,     \* of each server, on disk
          role, votes,     \* of each server, in memory: what it is, and who voted for it
          log, synced,     \* its records <<id, term>>, and how many of them are on disk
          committed,       \* how many it knows committed
          mustCatchUp,     \* it lost power, and the variant wants it to recover first
          written, losses, \* budgets used
          history,         \* all that any leader has committed
          byTerm, conflict \* the highest term that has committed; whether two commits differed
server == <<term, voted, role, votes, log, synced, committed, mustCatchUp>>
vars == <<server, written, losses, history, byTerm, conflict>>

Variants == {"lazy-leader", "eager-leader", "recovery-instead-of-fsync", "b14-no-fsync",
             "b50-follower-acks-unsynced", "b50-leader-counts-unsynced", "b48-vote-not-durable",
             "b47-vote-erased", "b49-leader-resumes"}
ASSUME Variant \in Variants
NoSync == Variant \in {"recovery-instead-of-fsync", "b14-no-fsync"}
Recovers == Variant = "recovery-instead-of-fsync"

Init == /\ term = [s \in Servers |-> 0] /\ voted = [s \in Servers |-> Nobody]
        /\ role = [s \in Servers |-> "follower"] /\ votes = [s \in Servers |-> {}]
        /\ log = [s \in Servers |-> <<>>] /\ synced = [s \in Servers |-> 0]
        /\ committed = [s \in Servers |-> 0] /\ mustCatchUp = [s \in Servers |-> FALSE]
        /\ written = 0 /\ losses = 0 /\ history = <<>> /\ byTerm = 0 /\ conflict = FALSE

---------------------------------------------------------------------------
Low(a, b) == IF a < b THEN a ELSE b
Most(S) == CHOOSE x \in S : \A y \in S : x >= y
IsMajority(S) == 2 * Cardinality(S) > Cardinality(Servers)
Matching(a, b) == Most({n \in 0 .. Low(Len(a), Len(b)) : SubSeq(a, 1, n) = SubSeq(b, 1, n)})
LastTerm(a) == IF a = <<>> THEN 0 ELSE a[Len(a)][2]
IsAsFresh(a, b) == LastTerm(a) > LastTerm(b) \/ (LastTerm(a) = LastTerm(b) /\ Len(a) >= Len(b))

Timeout(s) ==
    /\ role[s] # "leader" /\ term[s] < MaxTerm /\ ~mustCatchUp[s]
    /\ term' = [term EXCEPT ![s] = @ + 1]
    /\ voted' = [voted EXCEPT ![s] = s]
    /\ role' = [role EXCEPT ![s] = "candidate"]
    /\ votes' = [votes EXCEPT ![s] = {s}]
    /\ UNCHANGED <<log, synced, committed, mustCatchUp, written, losses, history, byTerm, conflict>>

Vote(s, c) ==
    /\ role[c] = "candidate" /\ ~mustCatchUp[s]
    /\ IF term[s] = term[c] THEN voted[s] = Nobody ELSE term[s] < term[c]
    /\ IsAsFresh(log[c], log[s])
    /\ term' = [term EXCEPT ![s] = term[c]]
    /\ voted' = [voted EXCEPT ![s] = c]
    /\ role' = [role EXCEPT ![s] = "follower"]
    /\ votes' = [votes EXCEPT ![s] = {}, ![c] = @ \union {s}]
    /\ UNCHANGED <<log, synced, committed, mustCatchUp, written, losses, history, byTerm, conflict>>

BecomeLeader(s) ==
    /\ role[s] = "candidate" /\ IsMajority(votes[s])
    /\ role' = [role EXCEPT ![s] = "leader"]
    /\ votes' = [votes EXCEPT ![s] = {}]
    /\ UNCHANGED <<term, voted, log, synced, committed, mustCatchUp, written, losses, history, byTerm, conflict>>

Write(l) ==
    /\ role[l] = "leader" /\ Len(log[l]) < LogSize /\ written < MaxRecords
    /\ log' = [log EXCEPT ![l] = Append(@, <<written, term[l]>>)]
    /\ written' = written + 1
    /\ UNCHANGED <<term, voted, role, votes, synced, committed, mustCatchUp, losses, history, byTerm, conflict>>

AppendTo(s, l) ==
    LET same == Matching(log[s], log[l])
        sendable == IF Variant = "eager-leader" THEN synced[l] ELSE Len(log[l])
        longer == IF same < sendable THEN SubSeq(log[l], 1, same + 1) ELSE log[s]
        keepsVote == term[s] = term[l] /\ Variant # "b47-vote-erased"
    IN /\ role[l] = "leader" /\ term[s] <= term[l] /\ ~(role[s] = "leader" /\ term[s] = term[l])
       /\ term' = [term EXCEPT ![s] = term[l]]
       /\ voted' = [voted EXCEPT ![s] = IF keepsVote THEN @ ELSE Nobody]
       /\ role' = [role EXCEPT ![s] = "follower"]
       /\ votes' = [votes EXCEPT ![s] = {}]
       /\ log' = [log EXCEPT ![s] = longer]
       /\ synced' = [synced EXCEPT ![s] = IF same < sendable THEN Low(@, same) ELSE @]
       /\ mustCatchUp' = [mustCatchUp EXCEPT ![s] = @ /\ Matching(longer, log[l]) < Len(log[l])]
       /\ UNCHANGED <<committed, written, losses, history, byTerm, conflict>>

Fsync(s) ==
    /\ synced[s] < Len(log[s])
    /\ synced' = [synced EXCEPT ![s] = Len(log[s])]
    /\ UNCHANGED <<term, voted, role, votes, log, committed, mustCatchUp, written, losses, history, byTerm, conflict>>

WantsDisk(s, l) == ~NoSync /\ Variant # (IF s = l THEN "b50-leader-counts-unsynced" ELSE "b50-follower-acks-unsynced")
Holders(l, n) == {s \in Servers : /\ term[s] = term[l] /\ Matching(log[s], log[l]) >= n
                                  /\ (WantsDisk(s, l) => synced[s] >= n)}
Commit(l) ==
    LET next == committed[l] + 1
    IN /\ role[l] = "leader"
       /\ \E n \in next .. Len(log[l]) : log[l][n][2] = term[l] /\ IsMajority(Holders(l, n))
       /\ committed' = [committed EXCEPT ![l] = next]
       /\ byTerm' = Most({byTerm, term[l]})
       /\ history' = IF next > Len(history) THEN Append(history, log[l][next]) ELSE history
       /\ conflict' = IF next > Len(history) THEN conflict ELSE (conflict \/ history[next] # log[l][next])
       /\ UNCHANGED <<term, voted, role, votes, log, synced, mustCatchUp, written, losses>>

PowerLoss(s, keep) ==
    /\ losses < MaxLosses
    /\ losses' = losses + 1
    /\ log' = [log EXCEPT ![s] = SubSeq(@, 1, keep)]
    /\ synced' = [synced EXCEPT ![s] = keep]
    /\ committed' = [committed EXCEPT ![s] = 0]
    /\ role' = [role EXCEPT ![s] = IF Variant = "b49-leader-resumes" /\ @ = "leader" THEN @ ELSE "follower"]
    /\ votes' = [votes EXCEPT ![s] = {}]
    /\ voted' = [voted EXCEPT ![s] = IF Variant = "b48-vote-not-durable" THEN Nobody ELSE @]
    /\ mustCatchUp' = [mustCatchUp EXCEPT ![s] = @ \/ Recovers]
    /\ UNCHANGED <<term, written, history, byTerm, conflict>>

Next == \E s \in Servers :
           \/ Timeout(s) \/ BecomeLeader(s) \/ Write(s) \/ Fsync(s) \/ Commit(s)
           \/ \E o \in Servers \ {s} : Vote(s, o) \/ AppendTo(s, o)
           \/ \E keep \in synced[s] .. Len(log[s]) : PowerLoss(s, keep)
Spec == Init /\ [][Next]_vars

---------------------------------------------------------------------------
Leaders == {s \in Servers : role[s] = "leader"}
OneLeaderPerTerm == \A a, b \in Leaders : term[a] = term[b] => a = b
OneRecordPerPlace == \A a, b \in Servers : \A i \in 1 .. Low(Len(log[a]), Len(log[b])) :
                        log[a][i][2] = log[b][i][2] => log[a][i] = log[b][i]
CommittedSurvives == /\ ~conflict
                     /\ \A l \in Leaders : term[l] >= byTerm => Matching(log[l], history) = Len(history)

Symmetric == Permutations(Servers)
=============================================================================
