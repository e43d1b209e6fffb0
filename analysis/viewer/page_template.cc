// SPDX-License-Identifier: Apache-2.0
#include "analysis/viewer/page_template.h"

namespace faultline::viewer {
namespace {

constexpr unsigned char kPage[] = {
#include "page_bytes.inc"
};

}  // namespace

std::string_view page_template() { return {reinterpret_cast<const char*>(kPage), sizeof kPage}; }

}  // namespace faultline::viewer
