import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { LoadBalancing } from "../model/load-balancing";

/** A certificate of a listener beside its default one. */
export function listenerCertificate({ listeners }: LoadBalancing): ResourceType {
  return defineResource({
    token: "aws:lb/listenerCertificate:ListenerCertificate",
    awsCalls: {
      create: "elasticloadbalancing:AddListenerCertificates",
      read: "elasticloadbalancing:DescribeListenerCertificates",
      delete: "elasticloadbalancing:RemoveListenerCertificates",
    },
    inputs: z.object({ listenerArn: z.string(), certificateArn: z.string() }),
    replaceOn: ["listenerArn", "certificateArn"],
    computed: [],
    async create({ listenerArn, certificateArn }) {
      await listeners.addCertificate(listenerArn, certificateArn);
      return { id: `${listenerArn}_${certificateArn}`, outputs: {} };
    },
    async read(id) {
      const [listenerArn = "", certificateArn = ""] = id.split("_");
      const found = listeners.find(listenerArn)?.furtherCertificateArns.includes(certificateArn);
      return found ? { listenerArn, certificateArn } : null;
    },
    async delete(id) {
      const [listenerArn = "", certificateArn = ""] = id.split("_");
      if (listeners.find(listenerArn)) await listeners.removeCertificate(listenerArn, certificateArn);
    },
  });
}
