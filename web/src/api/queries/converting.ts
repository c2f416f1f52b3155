/** Shapes of a dataset made another kind, all at once. */
import { api, unwrap } from "../client";
import { exactly } from "../exact";
import type { ConvertReport, ConvertRequest, Job } from "../schema.gen";

type Wanted = Omit<ConvertRequest, "dry_run">;

function convert(datasetId: string, body: ConvertRequest) {
  return exactly<Job | ConvertReport>(
    unwrap(
      api.POST("/api/v1/datasets/{dataset_id}/convert", {
        params: { path: { dataset_id: datasetId } },
        body,
      }),
    ),
  );
}

/** What a conversion would do. */
export async function previewConversion(datasetId: string, wanted: Wanted): Promise<ConvertReport> {
  const answer = await convert(datasetId, { ...wanted, dry_run: true });
  if (isReport(answer)) return answer;
  throw new Error("the server began to convert instead of counting");
}

/** Begins a conversion, which is a job; its result is the report. */
export async function startConversion(datasetId: string, wanted: Wanted): Promise<Job> {
  const answer = await convert(datasetId, { ...wanted, dry_run: false });
  if (!isReport(answer)) return answer;
  throw new Error("the server counted instead of converting");
}

/** Gives back what a conversion replaced. */
export function undoConversion(datasetId: string, revision: number) {
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/convert/undo", {
      params: { path: { dataset_id: datasetId } },
      body: { revision },
    }),
  );
}

/** A finished job's report; null when there is none. */
export function reportOf(job: Pick<Job, "result">): ConvertReport | null {
  const report = job.result?.report;
  return isReport(report) ? report : null;
}

function isReport(value: unknown): value is ConvertReport {
  return typeof value === "object" && value !== null && "n_converted" in value && "n_refused" in value;
}
