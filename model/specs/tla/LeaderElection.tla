\* SPDX-License-Identifier: Apache-2.0
--------------------------- MODULE LeaderElection ---------------------------
\* Nodes in a one-way ring find out which of them has the largest number (Dolev, Klawe, Rodeh 1982). The same model
\* as leader_election.h.
EXTENDS Integers, Sequences

CONSTANTS N,       \* nodes
          Variant  \* "ordered", "unordered" or "silent"
ASSUME Variant \in {"ordered", "unordered", "silent"}

VARIABLES node,    \* node[i]: what i knows
          inbox,   \* inbox[i]: messages on their way to i: <<kind, number>>
          elected  \* how many nodes have said that they are the leader
vars == <<node, inbox, elected>>

Nodes == 0 .. N - 1
Next1(i) == (i + 1) % N
Fresh(number) == [started |-> FALSE, active |-> TRUE, maximum |-> number, neighbour |-> 0, winner |-> 0]
\* Node 0 has the largest number, because a ring can be turned.
Orders == {f \in [Nodes -> 1 .. N] : f[0] = N /\ \A i, j \in Nodes : i # j => f[i] # f[j]}

Init == /\ \E order \in Orders : node = [i \in Nodes |-> Fresh(order[i])]
        /\ inbox = [i \in Nodes |-> <<>>]
        /\ elected = 0

Start(i) ==
    /\ ~node[i].started
    /\ node' = [node EXCEPT ![i].started = TRUE]
    /\ inbox' = [inbox EXCEPT ![Next1(i)] = Append(@, <<"one", node[i].maximum>>)]
    /\ UNCHANGED elected

Without(s, place) == SubSeq(s, 1, place - 1) \o SubSeq(s, place + 1, Len(s))
\* i takes the message at `place`, becomes `to`, and sends `messages`.
Becomes(i, place, to, messages) ==
    /\ node' = [node EXCEPT ![i] = to]
    /\ inbox' = [[inbox EXCEPT ![i] = Without(@, place)] EXCEPT ![Next1(i)] = @ \o messages]

Receive(i, place) ==
    LET me == node[i]
        kind == inbox[i][place][1]
        number == inbox[i][place][2]
        same == <<inbox[i][place]>>
        wins == kind = "one" /\ me.active /\ number = me.maximum
    IN /\ me.started
       /\ elected' = IF wins THEN elected + 1 ELSE elected
       /\ IF kind = "winner" THEN
             IF me.winner # 0 THEN Becomes(i, place, me, <<>>)
             ELSE Becomes(i, place, [me EXCEPT !.winner = number], IF Variant = "silent" THEN <<>> ELSE same)
          ELSE IF ~me.active THEN Becomes(i, place, me, same)
          ELSE IF wins THEN Becomes(i, place, [me EXCEPT !.winner = number], <<<<"winner", number>>>>)
          ELSE IF kind = "one" THEN Becomes(i, place, [me EXCEPT !.neighbour = number], <<<<"two", number>>>>)
          ELSE IF me.neighbour > number /\ me.neighbour > me.maximum
               THEN Becomes(i, place, [me EXCEPT !.maximum = me.neighbour], <<<<"one", me.neighbour>>>>)
          ELSE Becomes(i, place, [me EXCEPT !.active = FALSE], <<>>)

ReceiveAny(i) == \E place \in 1 .. Len(inbox[i]) : (place = 1 \/ Variant = "unordered") /\ Receive(i, place)
AllKnow == \A i \in Nodes : node[i].winner # 0
Done == AllKnow /\ (\A i \in Nodes : inbox[i] = <<>>) /\ UNCHANGED vars  \* the end is no deadlock

Next == (\E i \in Nodes : Start(i) \/ ReceiveAny(i)) \/ Done
Spec == Init /\ [][Next]_vars /\ \A i \in Nodes : WF_vars(Start(i)) /\ WF_vars(ReceiveAny(i))

OneLeader == elected <= 1
LargestWins == \A i \in Nodes : node[i].winner \in {0, N}
EventuallyAllKnow == <>AllKnow
=============================================================================
