// SPDX-License-Identifier: Apache-2.0
// A doubly linked list whose links live in the elements: no allocation, O(1) unlinking from
// anywhere, and an element that dies takes itself out. An element is in at most one list per
// ListNode tag.
#pragma once

#include <cstddef>

#include "broker/base/assert.h"

namespace faultline {

// Base class of elements. Tag distinguishes several memberships of one element.
template <class Tag = void>
class ListNode {
 public:
  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;
  ~ListNode() { unlink(); }

  bool is_linked() const { return next_ != nullptr; }
  void unlink() {
    if (next_ == nullptr) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

  // Links this node before `position`; used by IntrusiveList only.
  void link_before(ListNode& position) {
    ASSERT(!is_linked());
    next_ = &position;
    previous_ = position.previous_;
    position.previous_->next_ = this;
    position.previous_ = this;
  }
  void make_ring() { next_ = previous_ = this; }
  ListNode* next() const { return next_; }

 private:
  ListNode* next_ = nullptr;
  ListNode* previous_ = nullptr;
};

// T derives from ListNode<Tag>. The list owns nothing; on destruction it only unlinks what is left.
template <class T, class Tag = void>
class IntrusiveList {
 public:
  using Node = ListNode<Tag>;

  IntrusiveList() { head_.make_ring(); }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() { clear(); }

  bool empty() const { return head_.next() == &head_; }
  void push_back(T& element) { node(element).link_before(head_); }
  void push_front(T& element) { node(element).link_before(*head_.next()); }
  T& front() {
    ASSERT(!empty());
    return element(*head_.next());
  }
  T& pop_front() {
    T& first = front();
    node(first).unlink();
    return first;
  }
  // The element after `current`, or nullptr at the end.
  T* next(T& current) {
    Node* following = node(current).next();
    return following == &head_ ? nullptr : &element(*following);
  }
  void clear() {
    while (!empty()) head_.next()->unlink();
  }
  // Moves all elements of `other` to the end of this list, in order.
  void splice_back(IntrusiveList& other) {
    while (!other.empty()) push_back(other.pop_front());
  }

 private:
  static Node& node(T& element) { return static_cast<Node&>(element); }
  static T& element(Node& node) { return static_cast<T&>(node); }

  Node head_;
};

}  // namespace faultline
