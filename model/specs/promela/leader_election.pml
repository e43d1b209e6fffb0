/* SPDX-License-Identifier: Apache-2.0
 * The model of leader_election.h once more, for Spin: spin -a -DN=5 leader_election.pml
 * Each step is one d_step. One state is Spin's own: before init has chosen the numbers.
 */
mtype = { ONE, TWO, WINNER };
chan inbox[N] = [6] of { mtype, byte };
byte elected;
#define TAKE(kind, effect) :: d_step { in?kind(number) -> effect; number = 0 }

proctype node(chan in, out; byte maximum) {
  xr in;
  xs out;
  bit passive;
  byte neighbour, winner, number;
  d_step { out!ONE(maximum) }
  do
  TAKE(ONE,
       if
       :: passive -> out!ONE(number)
       :: !passive && number == maximum ->
          winner = number; elected++; assert(elected <= 1 && winner == N); out!WINNER(number)
       :: !passive && number != maximum -> neighbour = number; out!TWO(number)
       fi)
  TAKE(TWO,
       if
       :: passive -> out!TWO(number)
       :: !passive && neighbour > number && neighbour > maximum -> maximum = neighbour; out!ONE(maximum)
       :: else -> passive = 1
       fi)
  TAKE(WINNER,
       if
       :: winner == 0 -> winner = number; assert(winner == N); out!WINNER(number)
       :: else
       fi)
  od
}

/* Every order of the numbers; node 0 has the largest, because a ring can be turned. */
hidden byte taken, i, chosen[N];
#define CHOOSE(n) :: n < N && !((taken >> (n)) & 1) -> chosen[i] = n; taken = taken | (1 << (n))
init {
  atomic {
    chosen[0] = N;
    i = 1;
    do
    :: i < N -> if CHOOSE(1) CHOOSE(2) CHOOSE(3) CHOOSE(4) CHOOSE(5) CHOOSE(6) fi; i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < N -> run node(inbox[i], inbox[(i + 1) % N], chosen[i]); i++
    :: else -> break
    od
  }
}
