/* SPDX-License-Identifier: Apache-2.0
 * The model of isr.h once more, for Spin: spin -a -DR=3 -DL=2 -DN=2 -DE=2 -DKIP_320 isr.pml
 * Variants: HIGH_WATERMARK, KIP_101, KIP_279, KIP_320_FIRST_TRY, KIP_320, or KIP_320 with one of NO_M1 .. NO_M5
 * (the rule that is missing). Each step is one d_step, so Spin's states are those of the other two models.
 */
#if !defined(KIP_320)
#define NO_M1
#define NO_M2
#define NO_M3
#define NO_M4
#define NO_M5
#endif
#ifdef KIP_320_FIRST_TRY
#undef NO_M1
#define BY_RECORD 1  /* a follower is judged by the epoch of its last record */
#else
#define BY_RECORD 0
#endif

/* A replica: end offset, high watermark, newest epoch and its leader (both plus one; 0: none), its idea of the
 * ISR, and its records: 8 * id + epoch + 1. Arrays have room for three replicas; a third that is not used stays 0. */
byte end[3], hw[3], epoch[3], leader[3], isr[3], log[12];
/* The controller: ISR now, number of epochs and records so far, its decision for each epoch. */
byte members = (1 << R) - 1, epochs, written, chosen[4], chosen_isr[4];

#define IN(set, r) ((set >> (r)) & 1)
#define REC(r, o) log[4 * (r) + (o)]
#define EPOCH(record) ((record) & 7)
#define LOW(a, b) ((a) < (b) -> (a) : (b))
#define ELECTED (epochs == 0 -> 0 : chosen[epochs - 1])
#define LEADS(r) (leader[r] == (r) + 1)
#define FOLLOWS(f, l) (leader[f] == (l) + 1)
#define SAME_EPOCH(f, l) (epoch[f] == epoch[l])
#define TRUE_LEADER(l) (LEADS(l) && ELECTED == (l) + 1 && epoch[l] == epochs)

/* Everything below the high watermark of whoever thinks it leads is the same on all of `set`. */
#define SAME(l, f, o) (hw[l] <= (o) || REC(l, o) == REC(f, o))
#define HELD(l, f, set) (!IN(set, f) || (hw[l] <= end[f] && SAME(l, f, 0) && SAME(l, f, 1) && SAME(l, f, 2)))
#define SAFE(l, set) (!LEADS(l) || (HELD(l, 0, set) && HELD(l, 1, set) && HELD(l, 2, set)))
#define STRONG_ISR (SAFE(0, members) && SAFE(1, members) && SAFE(2, members))
#ifdef WEAK
#define CHECK assert(STRONG_ISR); assert(SAFE(0, isr[0]) && SAFE(1, isr[1]) && SAFE(2, isr[2]))
#else
#define CHECK assert(STRONG_ISR)
#endif
#define STEP(guard, effect) :: d_step { (guard) -> effect; CHECK }

/* The controller. */
#define DECIDE(l, set) \
  members = set; chosen[epochs] = l; chosen_isr[epochs] = members; epochs++
#define WITHOUT(r) (members & ~(1 << (r)))
#define CTRL_SHRINK_LEADER(r) \
  STEP(epochs <= E && ELECTED == (r) + 1, DECIDE(0, (WITHOUT(r) == 0 -> members : WITHOUT(r))))
#define CTRL_SHRINK_OTHER(r) \
  STEP(epochs <= E && ELECTED != (r) + 1 && IN(members, r), DECIDE(ELECTED, WITHOUT(r)))
#define CTRL_ELECT(r) \
  STEP(epochs <= E && ELECTED != (r) + 1 && IN(members, r), DECIDE((r) + 1, members))

/* A leader. */
#define HEAR(r, l, e) epoch[r] = (e) + 1; leader[r] = (l) + 1; isr[r] = chosen_isr[e]
#define BECOME_LEADER(l, e) \
  STEP(epochs > (e) && chosen[e] == (l) + 1 && epoch[l] <= (e), HEAR(l, l, e))
#define WRITE(l) \
  STEP(LEADS(l) && written < N && end[l] < L, \
       REC(l, end[l]) = 8 * written + epoch[l]; end[l]++; written++)
#define CAUGHT_UP(l, f, to) \
  (FOLLOWS(f, l) && ((to) == 0 || ((to) <= end[l] && (to) <= end[f] && \
   (!BY_RECORD || EPOCH(REC(l, (to) - 1)) == EPOCH(REC(f, (to) - 1))))))
#ifdef NO_M3
#define COUNTS(l, f) CAUGHT_UP(l, f, hw[l] + 1)
#else
#define COUNTS(l, f) (CAUGHT_UP(l, f, hw[l] + 1) && SAME_EPOCH(f, l))
#endif
#define HAS_IT(l, f) (!IN(isr[l], f) || COUNTS(l, f))
#define INC_HW(l) \
  STEP(LEADS(l) && hw[l] < end[l] && HAS_IT(l, 0) && HAS_IT(l, 1) && HAS_IT(l, 2), hw[l]++)
#if defined(KIP_320)
#define LAGS(l, f) !(CAUGHT_UP(l, f, end[l]) && SAME_EPOCH(f, l))
#else
#define LAGS(l, f) !CAUGHT_UP(l, f, end[l])
#endif
#define CHANGE_ISR(l, set) isr[l] = set; members = isr[l]
#define SHRINK(l, f) \
  STEP(TRUE_LEADER(l) && IN(isr[l], f) && LAGS(l, f), CHANGE_ISR(l, isr[l] & ~(1 << (f))))
#ifdef NO_M1
#define REACHED_OWN_EPOCH(l) true
#else
#define REACHED_OWN_EPOCH(l) (hw[l] == end[l] || EPOCH(REC(l, hw[l])) == epoch[l])
#endif
#ifdef NO_M5
#define MAY_JOIN(l, f) (CAUGHT_UP(l, f, hw[l]) && REACHED_OWN_EPOCH(l))
#else
#define MAY_JOIN(l, f) (CAUGHT_UP(l, f, hw[l]) && REACHED_OWN_EPOCH(l) && SAME_EPOCH(f, l))
#endif
#define EXPAND(l, f) \
  STEP(TRUE_LEADER(l) && !IN(isr[l], f) && MAY_JOIN(l, f), CHANGE_ISR(l, isr[l] | (1 << (f))))

/* A follower. */
#define MATCH(l, f, o) ((o) < end[l] && (o) < end[f] && REC(l, o) == REC(f, o))
#define TAIL_MATCH(l, f) (MATCH(l, f, 2) -> 3 : (MATCH(l, f, 1) -> 2 : (MATCH(l, f, 0) -> 1 : 0)))
#define LAST(r) EPOCH(REC(r, end[r] - 1))
#define LATER(l, f, o) (EPOCH(REC(l, o)) > LAST(f))
#define EPOCH_END(l, f) \
  ((end[l] > 0 && LAST(l) == LAST(f)) -> end[l] : \
   (LATER(l, f, 0) -> 0 : (LATER(l, f, 1) -> 1 : (LATER(l, f, 2) -> 2 : hw[f]))))
#if defined(HIGH_WATERMARK)
#define CUT(l, f) hw[f]
#elif defined(KIP_101)
#define CUT(l, f) (end[f] == 0 -> 0 : EPOCH_END(l, f))
#else
#define CUT(l, f) TAIL_MATCH(l, f)
#endif
#ifdef NO_M2
#define LEADS_IN(l, e) true
#else
#define LEADS_IN(l, e) (LEADS(l) && epoch[l] == (e) + 1)
#endif
hidden byte cut;
#define DROP(f, o) if :: cut <= (o) -> REC(f, o) = 0 :: else fi
#define TRUNCATE(f, offset) \
  cut = offset; DROP(f, 0); DROP(f, 1); DROP(f, 2); hw[f] = LOW(hw[f], cut); end[f] = cut; cut = 0
#define HEARS(f, l, e) (epochs > (e) && chosen[e] == (l) + 1 && epoch[f] <= (e))
#if BY_RECORD
#define BECOME_FOLLOWER(f, l, e) STEP(HEARS(f, l, e), HEAR(f, l, e))
#define MISFITS(l, f) (end[f] > end[l] || (end[f] > 0 && LAST(f) != EPOCH(REC(l, end[f] - 1))))
#define FETCH_TRUNCATES(f, l) \
  STEP(LEADS(l) && FOLLOWS(f, l) && MISFITS(l, f), TRUNCATE(f, TAIL_MATCH(l, f)))
#else
#define BECOME_FOLLOWER(f, l, e) \
  STEP(HEARS(f, l, e) && LEADS_IN(l, e) && CUT(l, f) <= end[f], TRUNCATE(f, CUT(l, f)); HEAR(f, l, e))
#define FETCH_TRUNCATES(f, l)
#define MISFITS(l, f) false
#endif
#ifdef NO_M4
#define MAY_FETCH(l, f) (LEADS(l) && FOLLOWS(f, l) && !MISFITS(l, f))
#else
#define MAY_FETCH(l, f) (LEADS(l) && FOLLOWS(f, l) && SAME_EPOCH(f, l))
#endif
#define FETCH(f, l) \
  STEP(MAY_FETCH(l, f) && end[f] < end[l], \
       REC(f, end[f]) = REC(l, end[f]); end[f]++; hw[f] = LOW(hw[l], end[f]))

/* All actions of all replicas, pairs and epochs. */
#if E == 0
#define EPOCHS(action, ...) action(__VA_ARGS__, 0)
#elif E == 1
#define EPOCHS(action, ...) action(__VA_ARGS__, 0) action(__VA_ARGS__, 1)
#elif E == 2
#define EPOCHS(action, ...) action(__VA_ARGS__, 0) action(__VA_ARGS__, 1) action(__VA_ARGS__, 2)
#else
#define EPOCHS(action, ...) action(__VA_ARGS__, 0) action(__VA_ARGS__, 1) action(__VA_ARGS__, 2) action(__VA_ARGS__, 3)
#endif
#define REPLICA(r) \
  CTRL_SHRINK_LEADER(r) CTRL_SHRINK_OTHER(r) CTRL_ELECT(r) WRITE(r) INC_HW(r) EPOCHS(BECOME_LEADER, r)
#define PAIR(a, b) \
  SHRINK(a, b) EXPAND(a, b) FETCH(a, b) FETCH_TRUNCATES(a, b) EPOCHS(BECOME_FOLLOWER, a, b)

active proctype partition() {
  do
  REPLICA(0) REPLICA(1) PAIR(0, 1) PAIR(1, 0)
#if R == 3
  REPLICA(2) PAIR(0, 2) PAIR(2, 0) PAIR(1, 2) PAIR(2, 1)
#endif
  od
}
