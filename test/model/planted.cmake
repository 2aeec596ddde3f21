# One bug or two in each protocol, of the kinds that are easy to make.

# The slot may be read before it is filled.
sluice_planted(run_queue_publish run_queue RunQueueModel.EachIsTakenOnce sched/run_queue.hpp
  [[tail_.store(tail + 1, std::memory_order_release)]]
  [[tail_.store(tail + 1, std::memory_order_relaxed)]])
# The slot may be overwritten while a thief reads it.
sluice_planted(run_queue_overrun run_queue RunQueueModel.AFullRingIsNotOverrun sched/run_queue.hpp
  [[>= kCapacity) return false;]]
  [[> kCapacity) return false;]])

# Both sides of S3 see the other's old value.
sluice_planted(idle_submit_fence idle IdleModel.WorkQueuedWhileTheLastWorkerGoesToSleepIsRun
  sched/idle.hpp
  [[    base::fence(std::memory_order_seq_cst);
    const Places seen]]
  [[    base::fence(std::memory_order_acquire);
    const Places seen]])
sluice_planted(idle_no_second_look idle IdleModel.WorkQueuedWhileTheLastWorkerGoesToSleepIsRun
  sched/idle.cpp
  [[  offer_place(any_work() || unheard());]]
  [[  found_nothing();]])
# Who takes the place sees the queue as it was, and the holder that it has the place.
sluice_planted(idle_light_taking idle IdleModel.WorkQueuedWhileThePlaceIsTakenIsRun sched/idle.cpp
  [[  base::asymmetric_fence_heavy();
  if (any_work()) wake_one();]]
  [[  base::fence(std::memory_order_seq_cst);
  if (any_work()) wake_one();]])
sluice_planted(idle_light_limit idle IdleModel.WorkQueuedWhileTheLimitIsRaisedIsRun sched/idle.cpp
  [[  base::asymmetric_fence_heavy();
  submitted();]]
  [[  submitted();]])
# A thread finds a worker active, which lies down without a look at what that thread expects.
sluice_planted(idle_unheard idle IdleModel.AThreadThatExpectsAnEventIsHeard sched/idle.cpp
  [[offer_place(any_work() || unheard());]]
  [[offer_place(any_work());]])
# The listener sleeps on where it is told of events only.
sluice_planted(idle_no_interrupt idle IdleModel.TheListenerIsWokenForOtherWork sched/idle.cpp
  [[  if (listens) interrupt_wait();]]
  [[  (void)listens;]])

# The owner does not learn that somebody waits.
sluice_planted(mutex_lost_waiter mutex MutexModel.OneOwnerAtATime sync/mutex_core.cpp
  [[(state & ~woken) | kWaiting | starving]]
  [[(state & ~woken) | starving]])
# The waiter is woken before the lock is free, and waits again for a wake-up that has been.
sluice_planted(mutex_woken_too_early mutex MutexModel.OneOwnerAtATime sync/mutex_core.cpp
  [[    state_.fetch_and(~kLocked, std::memory_order_release);  // M3
  }
  ready(next);]]
  [[    ready(next);
    state_.fetch_and(~kLocked, std::memory_order_release);  // M3
    return true;
  }
  ready(next);]])
# The next owner need not see what the last one wrote.
sluice_planted(mutex_relaxed_unlock mutex MutexModel.StarvingWaitersAreHandedTheLock
  sync/mutex_core.cpp
  [[state_.compare_exchange_weak(state, state & ~kLocked, std::memory_order_release]]
  [[state_.compare_exchange_weak(state, state & ~kLocked, std::memory_order_relaxed]])

# A reader that was not yet in the queue as the writer left waits there for nobody.
sluice_planted(rw_mutex_lost_turn rw_mutex RWMutexModel.TwoReadersAndAWriter sync/rw_mutex.cpp
  [[  if (turns_ > 0) {
    --turns_;
    base::spin_unlock(queue_.lock);
    return;
  }
]]
  [[]])

# The last reader leaves before the writer is in the queue.
sluice_planted(rw_mutex_lost_writer rw_mutex RWMutexModel.TwoReadersAndAWriter sync/rw_mutex.cpp
  [[  base::spin_lock(queue_.lock);
  const std::int32_t inside = readers_.fetch_sub(kWriter, std::memory_order_acq_rel);
  // Readers that have left since then have counted below zero.
  if (inside == 0 || departing_.fetch_add(inside, std::memory_order_acq_rel) + inside == 0) {
    base::spin_unlock(queue_.lock);
    return;
  }]]
  [[  const std::int32_t inside = readers_.fetch_sub(kWriter, std::memory_order_acq_rel);
  if (inside == 0 || departing_.fetch_add(inside, std::memory_order_acq_rel) + inside == 0) return;
  base::spin_lock(queue_.lock);]])

# The classic: done touches the group after it has let the waiter go.
sluice_planted(wait_group_touched_after_wait wait_group
  WaitGroupModel.WaitReturnsAfterAllAreDoneAndMayDestroyIt sync/wait_group.cpp
  [[  base::spin_unlock(queue_.lock);
  while (Waiter* waiter = dequeue(released)) ready(waiter->goroutine);]]
  [[  while (Waiter* waiter = dequeue(released)) ready(waiter->goroutine);
  base::spin_unlock(queue_.lock);]])
# A waiter that comes when all is done need not see what was done.
sluice_planted(wait_group_relaxed_reset wait_group WaitGroupModel.AllWaitersLeave
  sync/wait_group.cpp
  [[state_.store(0, std::memory_order_release)]]
  [[state_.store(0, std::memory_order_relaxed)]])
sluice_planted(wait_group_relaxed_done wait_group
  WaitGroupModel.WaitReturnsAfterAllAreDoneAndMayDestroyIt sync/wait_group.cpp
  [[state_.fetch_add(addend, std::memory_order_acq_rel)]]
  [[state_.fetch_add(addend, std::memory_order_acquire)]])

# Two wakers take one select.
sluice_planted(select_claimed_twice chan ChanModel.SelectTakesOneCaseAtATime chan/chan_core.cpp
  [[if (first->select->claimed.compare_exchange_strong(free, 1, std::memory_order_acq_rel)) {]]
  [[if (first->select->claimed.load() == free) {
      first->select->claimed.store(1);]])

# The timer's owner goes while it fires.
sluice_planted(timer_gone_while_it_fires timer TimerModel.DroppedWhileItFires time/timer_source.cpp
  [[TimerSource::~TimerSource() {
  timer_remove(node_);
  timer_wait_fired(node_);]]
  [[TimerSource::~TimerSource() {
  timer_remove(node_);]])
# What stop says was true before it had the lock.
sluice_planted(timer_stop_too_early timer TimerModel.StopAgainstFiring time/timer_source.cpp
  [[  lock_.lock();
  const bool pending = due_ != 0;]]
  [[  const bool pending = due_ != 0;
  lock_.lock();]])

# The parent ends between the look at it and the joining of its list.
sluice_planted(context_lost_child context ContextModel.AChildBornWhileItsParentEndsIsEnded
  time/context_node.cpp
  [[void EndingNode::watch(EndListener& listener) noexcept {
  lock_.lock();
  const std::error_code err = err_;]]
  [[void EndingNode::watch(EndListener& listener) noexcept {
  const std::error_code err = err_;
  lock_.lock();]])
