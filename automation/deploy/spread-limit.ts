import { RULE_SPREAD_SECONDS } from "../../components/settings/schema/deploy";

const RESERVE_SECONDS = 30;

/**
 * How long it may take until an `up` is seen everywhere. Rules spread; a record's TTL is 60 s, for which resolvers may still answer with the
 * old load balancer; and the provider's own wait may end before a target group lists the last instance (aws-rules A16).
 */
export const SPREAD_LIMIT_MS = (RULE_SPREAD_SECONDS + RESERVE_SECONDS) * 1000;
