// SPDX-License-Identifier: Apache-2.0
// InitProducerId (22): a fresh id for an idempotent producer, whatever id it had before. Ids come
// from blocks that are durable in the metadata log, so none is ever given twice. Transactions have
// no coordinator yet.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

using wire::KafkaError;

Task<wire::InitProducerIdResponse> handle_init_producer_id(BrokerContext& broker, RequestInfo,
                                                           wire::InitProducerIdRequest request) {
  wire::InitProducerIdResponse response;
  response.producer_id = -1;
  response.producer_epoch = -1;
  if (request.transactional_id) {
    response.error_code = request.transactional_id->empty() ? KafkaError::kInvalidRequest
                                                            : KafkaError::kNotCoordinator;
    co_return response;
  }
  const Result<ProducerId> id = co_await broker.controller.next_producer_id();
  if (!id) {
    response.error_code = to_kafka_error(broker, id.error());
    note_refusal(broker, "InitProducerId", "", -1, response.error_code, id.error().to_string());
    co_return response;
  }
  response.producer_id = *id;
  response.producer_epoch = 0;
  co_return response;
}

}  // namespace faultline::server
