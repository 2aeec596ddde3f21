// Lists whose links live in the elements, so that joining one never allocates. Not thread-safe: a
// lock goes round it.
#pragma once

namespace sluice::base {

// Doubly linked, for elements with `next` and `prev`; Head has `head` and `tail`.
template <class Head, class T>
void list_push_back(Head& list, T& element) noexcept {
  element.next = nullptr;
  element.prev = list.tail;
  (list.tail != nullptr ? list.tail->next : list.head) = &element;
  list.tail = &element;
}

template <class Head, class T>
void list_push_front(Head& list, T& element) noexcept {
  element.prev = nullptr;
  element.next = list.head;
  (list.head != nullptr ? list.head->prev : list.tail) = &element;
  list.head = &element;
}

template <class Head, class T>
void list_remove(Head& list, T& element) noexcept {
  (element.prev != nullptr ? element.prev->next : list.head) = element.next;
  (element.next != nullptr ? element.next->prev : list.tail) = element.prev;
  element.next = element.prev = nullptr;
}

}  // namespace sluice::base
