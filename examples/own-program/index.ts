import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Edge, Network, program, Service } from "aoshingo/components";
import { createCounter } from "./counter";

export = program(() => {
  // What this program had before: a bucket, and a function that counts what is in it.
  const bucket = new aws.s3.Bucket("notes", { forceDestroy: true });
  const counter = createCounter(bucket);

  const network = new Network("network");
  const edges = [new Edge("public", { network })];
  const notes = new Service("notes", {
    network,
    edges,
    environment: { BUCKET: bucket.bucket },
    iam: [{ actions: ["s3:GetObject", "s3:PutObject"], resources: [pulumi.interpolate`${bucket.arn}/*`] }],
  });
  const stats = new Service("stats", {
    network,
    edges,
    environment: { COUNTER: counter.name },
    iam: [{ actions: ["lambda:InvokeFunction"], resources: [counter.arn] }],
  });
  return { bucket: bucket.bucket, notes: notes.url, stats: stats.url };
});
