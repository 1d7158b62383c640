interface FunctionRights {
  functionArn: string;
  logGroupArn: string;
  masterSecretArns: readonly string[];
  serviceSecretArns: readonly string[];
  /** Keys of the account's own with which a master user's secret is encrypted. */
  keys: readonly { key: string; secretArn: string }[];
}

/** What Lambda calls with a function's role to put it into a network. IAM takes no resource for most of it. */
const INTERFACES = [
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/** What the function that makes databases' users may do. */
export function functionStatements(rights: FunctionRights): object[] {
  const { functionArn, logGroupArn, masterSecretArns, serviceSecretArns, keys } = rights;
  return [
    {
      Sid: "ReadMasterPasswords",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [...masterSecretArns],
    },
    ...keys.map(({ key, secretArn }, place) => ({
      Sid: `OpenMasterPassword${place + 1}`,
      Effect: "Allow",
      Action: ["kms:Decrypt"],
      Resource: key,
      // Secrets Manager gives the key the secret's ARN each time (aws-rules P10).
      Condition: {
        StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" },
        StringEquals: { "kms:EncryptionContext:SecretARN": secretArn },
      },
    })),
    ...(serviceSecretArns.length === 0
      ? []
      : [
          {
            Sid: "KeepServicesPasswords",
            Effect: "Allow",
            Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            Resource: [...serviceSecretArns],
          },
        ]),
    {
      Sid: "WriteOwnLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "BeInTheNetwork", Effect: "Allow", Action: INTERFACES, Resource: "*" },
    {
      // Lambda itself may, the function's code may not (aws-rules L3).
      Sid: "NotByItsCode",
      Effect: "Deny",
      Action: INTERFACES,
      Resource: "*",
      Condition: { ArnEquals: { "lambda:SourceFunctionArn": functionArn } },
    },
  ];
}
