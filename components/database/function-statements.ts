interface ObserverRights {
  functionArn: string;
  logGroupArn: string;
  /** With the passwords of services' users. */
  serviceSecretArns: readonly string[];
}

interface FunctionRights extends ObserverRights {
  masterSecretArns: readonly string[];
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
  const { masterSecretArns, serviceSecretArns, keys } = rights;
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
    ...ownStatements(rights),
  ];
}

/** What the function that looks at migrations may do: it connects as the services' own users. */
export function observerStatements(rights: ObserverRights): object[] {
  return [
    {
      Sid: "ReadServicesPasswords",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue"],
      Resource: [...rights.serviceSecretArns],
    },
    ...ownStatements(rights),
  ];
}

function ownStatements({ functionArn, logGroupArn }: Pick<ObserverRights, "functionArn" | "logGroupArn">): object[] {
  return [
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
