// SPDX-License-Identifier: Apache-2.0
// Codecs of the disk's events.
#include "sim/disk/disk_events.h"

#include "broker/base/notation_codec.h"
#include "sim/disk/power_loss_events.h"

namespace faultline {

template struct Codec<sim::DiskNamed>;
template struct Codec<sim::DiskWritten>;
template struct Codec<sim::DiskTruncated>;
template struct Codec<sim::DiskSynced>;
template struct Codec<sim::DiskDirectorySynced>;
template struct Codec<sim::DiskFailed>;
template struct Codec<sim::DiskDamageMet>;
template struct Codec<sim::DiskPowerLost>;
template struct Codec<sim::DiskFileCut>;
template struct Codec<sim::DiskNameLost>;

}  // namespace faultline
