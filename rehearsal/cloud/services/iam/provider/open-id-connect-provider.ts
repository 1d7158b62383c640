import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Iam } from "../model/iam";

export function openIdConnectProviderType({ oidcProviders }: Iam): ResourceType {
  return defineResource({
    token: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    awsCalls: {
      create: "iam:CreateOpenIDConnectProvider",
      read: "iam:GetOpenIDConnectProvider",
      update: "iam:UpdateOpenIDConnectProviderThumbprint",
      delete: "iam:DeleteOpenIDConnectProvider",
    },
    inputs: z.object({
      url: z.string(),
      clientIdLists: z.array(z.string()),
      thumbprintLists: z.array(z.string()).optional(),
      tags,
    }),
    optionalComputed: ["thumbprintLists"],
    replaceOn: ["url"],
    computed: ["arn"],
    async create({ url, clientIdLists, thumbprintLists = [] }) {
      const { arn, thumbprints } = oidcProviders.create(url, clientIdLists, thumbprintLists);
      return { id: arn, outputs: { arn, thumbprintLists: thumbprints } };
    },
    async read(id) {
      const provider = oidcProviders.find(id);
      if (!provider) return null;
      const { arn, clientIds, thumbprints } = provider;
      return { arn, clientIdLists: clientIds, thumbprintLists: thumbprints };
    },
    async update(id, { clientIdLists, thumbprintLists }) {
      const provider = oidcProviders.get(id);
      Object.assign(provider, { clientIds: clientIdLists, thumbprints: thumbprintLists ?? provider.thumbprints });
      return { thumbprintLists: provider.thumbprints };
    },
    async delete(id) {
      oidcProviders.delete(id);
    },
  });
}
