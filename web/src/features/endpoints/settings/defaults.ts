/** How an endpoint behaves when nobody said otherwise; the server's own defaults. */
import type { EndpointSettings } from "@/api/schema.gen";

export const DEFAULTS: EndpointSettings = {
  min_confidence: 0.25,
  max_batch: 16,
  max_wait_ms: 5,
  max_queue: 256,
  timeout_s: 10,
  log_share: 1,
  log_per_minute: null,
  log_per_hour: null,
  log_per_day: 10_000,
  keep_images: true,
  retention_days: 30,
  feedback_page: false,
  feedback_page_in: [],
};
