// SPDX-License-Identifier: Apache-2.0
// SearchRules: what the searches rest on. All true; a test that turns one off shows that the tests
// would notice if the engine lacked it. No command line reaches them.
#pragma once

namespace faultline::model {

struct SearchRules {
  bool compare_states = true;  // equal tags are not yet equal states
  bool check_proviso = true;  // a reduced state leads on to a deeper one, else it is expanded whole
  unsigned hash_bits = 64;    // fewer: states collide
};

}  // namespace faultline::model
