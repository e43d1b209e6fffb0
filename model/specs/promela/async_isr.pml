/* SPDX-License-Identifier: Apache-2.0
 * The model of async_isr.h once more, for Spin: spin -a -DR=3 -DO=2 -DV=4 async_isr.pml
 * Variants: NONMAXIMAL, STALE, FORGETS or BELOW, or none of these for KIP-497. At most three replicas; 0 leads, and
 * sets are masks over the followers 1 and 2. Each step is one d_step, so Spin's states are those of the other two.
 */
byte isr = (1 << (R - 1)) - 1, version;               /* what the controller has decided last */
byte known = (1 << (R - 1)) - 1, known_at, pending;   /* what the leader knows, and has proposed since */
bit has_pending;
byte end[3];
byte decided[6];                                      /* by version: what the controller has decided */
byte proposed[6];                                     /* by version: a bit for each set that was proposed on it */
hidden byte before;

#define FOLLOWER(f) (1 << ((f) - 1))
#define LOW(a, b) ((a) < (b) -> (a) : (b))
#ifdef NONMAXIMAL
#define COUNTED known
#else
#define COUNTED (known | pending)
#endif
#define END_IF_COUNTED(f) ((COUNTED & FOLLOWER(f)) -> end[f] : end[0])
#define HIGH_WATERMARK LOW(end[0], LOW(END_IF_COUNTED(1), END_IF_COUNTED(2)))
#define HAS(f) (!(isr & FOLLOWER(f)) || end[f] >= HIGH_WATERMARK)
#define STEP(guard, effect) \
  :: d_step { (guard) -> before = HIGH_WATERMARK; effect; assert(HAS(1) && HAS(2)); \
              assert(HIGH_WATERMARK >= before); before = 0 }

#define DECIDE(set) isr = set; version++; decided[version] = isr
#define CTRL_SHRINK(f) STEP(version < V && (isr & FOLLOWER(f)), DECIDE(isr & ~FOLLOWER(f)))
#ifdef STALE
#define CURRENT(v) true
#else
#define CURRENT(v) (version == (v))
#endif
#define CTRL_ACCEPT(v, set) STEP(version < V && CURRENT(v) && (proposed[v] & (1 << (set))), DECIDE(set))

#ifdef FORGETS
#define OLDER 0
#else
#define OLDER pending
#endif
#define PROPOSE(set) \
  proposed[known_at] = proposed[known_at] | (1 << (set)); pending = OLDER | (set); has_pending = 1
#ifdef BELOW
#define MAY_JOIN(f) true
#else
#define MAY_JOIN(f) (end[f] >= HIGH_WATERMARK)
#endif
#define PROPOSE_SHRINK(f) STEP((known & FOLLOWER(f)) != 0, PROPOSE(known & ~FOLLOWER(f)))
#define PROPOSE_EXPAND(f) STEP((known & FOLLOWER(f)) == 0 && MAY_JOIN(f), PROPOSE(known | FOLLOWER(f)))
#define LEARN(v) \
  STEP(version >= (v) && known_at < (v), known_at = v; known = decided[v]; pending = 0; has_pending = 0)
#define FETCH(f) STEP(end[f] < end[0], end[f]++)

#define EACH(f) CTRL_SHRINK(f) PROPOSE_SHRINK(f) PROPOSE_EXPAND(f) FETCH(f)
#define ACCEPT(v) CTRL_ACCEPT(v, 0) CTRL_ACCEPT(v, 1) CTRL_ACCEPT(v, 2) CTRL_ACCEPT(v, 3)

active proctype partition() {
  do
  STEP(end[0] < O, end[0]++)
  EACH(1)
#if R == 3
  EACH(2)
#endif
  ACCEPT(0) ACCEPT(1) ACCEPT(2) ACCEPT(3) ACCEPT(4)
  LEARN(1) LEARN(2) LEARN(3) LEARN(4) LEARN(5)
  od
}
