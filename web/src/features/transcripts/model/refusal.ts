import { ServerError } from "../../../api/errors.ts";

/** Whether the server did not like what was asked: a condition, then, where there is one. */
export function isRefusal(error: Error | null): error is ServerError {
  return error instanceof ServerError && error.status === 400;
}
