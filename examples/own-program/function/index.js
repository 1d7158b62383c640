const { ListObjectsV2Command, S3Client } = require("@aws-sdk/client-s3");

const s3 = new S3Client({});

/** Says how many notes there are, up to a thousand. */
exports.handler = async () => {
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: process.env.BUCKET }));
  return { count: KeyCount };
};
