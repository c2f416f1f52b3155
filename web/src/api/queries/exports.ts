/** Exports: an archive to download, or a folder of the server's machine. */
import { api, unwrap } from "../client";

export function startExport(options: {
  datasetId: string;
  path: string | null;
  format: string;
  q: string | null;
  asOf: number | null;
}) {
  const { datasetId, path, format, q, asOf } = options;
  return unwrap(
    api.POST("/api/v1/datasets/{dataset_id}/exports", {
      params: { path: { dataset_id: datasetId } },
      body: { path, format, query: q === "" ? null : q, as_of: asOf },
    }),
  );
}
