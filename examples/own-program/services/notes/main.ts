import { text } from "node:stream/consumers";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { serve } from "./serve";

const { BUCKET: Bucket } = process.env;
const s3 = new S3Client({});
/** What S3 takes as a key, whatever a client asks for. */
const NAME = /^\/([\w-]{1,200})$/;

/** `PUT /NAME` keeps a note in the bucket, `GET /NAME` returns it. */
serve(async (request) => {
  const [, Key] = NAME.exec(request.url!) ?? [];
  if (Key === undefined) return { status: 404 };
  if (request.method === "PUT") {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: await text(request) }));
    return { status: 204 };
  }
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return { status: 200, body: await Body!.transformToString() };
  } catch (error) {
    if (error instanceof NoSuchKey) return { status: 404 };
    throw error;
  }
});
