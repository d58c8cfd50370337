"""Test lists as people keep them: unknown headers, mails, pasted tables, answers of the AWS CLI."""

import pytest

from srm_data import EstateError, read_estate

TEXTS = {
    "an unknown header": ("What,How many\nEC2,3x\nKMS,> 100", {"ec2-instance": 3, "kms": 100}),
    "Japanese": ("サービス,数量,状態\nEC2,6,使用中\nKMS,2,廃止済み", {"ec2-instance": 6}),
    "Japanese with words for things and a sum": (
        "サービス,台数,月額費用(円)\nS3バケット,31,90\nKMSキー,2,10\nサポート,1,5\n合計,,105",
        {"s3-general-purpose": 31, "kms": 2},
    ),
    "French with words for things": (
        "Service;Nombre;Remarques\nFiles SQS;14;\nClés KMS;20;\nEKS avec Fargate;1;\n"
        "Redshift;1;résilié",
        {"sqs": 14, "kms": 20, "eks-fargate": 1},
    ),
    "Portuguese": ("Serviço;Quantidade;Custo mensal (R$)\nEC2;10;R$ 5.432,10", {"ec2-instance": 10}),
    "Dutch": ("Dienst;Aantal;Kosten per maand\nEC2;7;€ 1.100,00", {"ec2-instance": 7}),
    "a quantity": ("Service,Qty,Monthly cost\nEC2,4,1000\nEC2,2,500", {"ec2-instance": 6}),
    "services across": (
        "App,EC2,SNS,SQS\nShop,2,x,\nCRM,1,,no\nTotal,3,1,0",
        {"ec2-instance": 3, "sns": 1},
    ),
    "a class": (
        "Name,Class,Object ID\na,AWS EC2 Instance,x\nb,KMS key,y",
        {"ec2-instance": 1, "kms": 1},
    ),
    "a category": (
        "Tag,Model,Category\nA1,Amazon SQS,Cloud Service\nA2,Amazon SNS,Cloud Service",
        {"sqs": 1, "sns": 1},
    ),
    "classes": (
        "Instance type,Count\nt3.large,12\ndb.r5.large,2",
        {"ec2-instance": 12, "rds-db-instance": 2},
    ),
    "a plan": ("Service,In use?\nSQS,yes\nRedshift,planned", {"sqs": 1}),
    "a mail": (
        "Hi Anna,\n\nhere is what we run:\n\n- 3x EC2 (t3.large), Linux\n- RDS: 3 (2 Postgres)\n"
        "- SQS: approx. 45 queues\n- Glue: not used\n- SNS: yes\n- KMS for the keys of builds\n\nBye",
        {"ec2-instance": 3, "rds-db-instance": 3, "sqs": 45, "sns": 1, "kms": 1},
    ),
    "the head of a mail and what it quotes": (
        "From: Anna, Ops\nSubject: AWS\n\n- ~40 S3 buckets\n- ca. 60 Lambdas, some old\n- \n--\n"
        "- SQS max. 12\n> - QLDB",
        {"s3-general-purpose": 40, "lambda-zip": 60, "sqs": 12},
    ),
    "a table of the AWS CLI": (
        "-------\n|  DescribeInstances  |\n+-----+----+\n|  i-0abcdef1234567890 |  running |\n"
        "|  i-0abcdef1234567891 |  terminated |\n|  i-0abcdef1234567892 |  running |",
        {"ec2-instance": 2},
    ),
    "no header": (
        "vol-0abcdef1234567890\tgp3\ni-0abcdef1234567890\tt3",
        {"ebs-volume": 1, "ec2-instance": 1},
    ),
    "a pivot table": (
        "Row Labels,Count of ARN\nAWS::EC2::Instance,14\nAWS::SQS::Queue,9",
        {"ec2-instance": 14, "sqs": 9},
    ),
    "links": ("|Service|Why|\n|---|---|\n|[Amazon SQS](https://a.com/sqs/)|x|", {"sqs": 1}),
    "numbers in a sentence": ("* EC2 (ca. 15 Instanzen, Windows)\n* VMware", {"ec2-instance": 15}),
    "home-made JSON": (
        '[{"name": "Amazon SQS", "count": 3}, {"name": "Amazon SNS", "count": 2}]',
        {"sqs": 3, "sns": 2},
    ),
    "a list of lists": (
        '[["i-0abcdef1234567890", "running"], ["vol-0abcdef1234567890", "gone"]]',
        {"ebs-volume": 1, "ec2-instance": 1},
    ),
}


@pytest.mark.filterwarnings("ignore::srm_data.exceptions.SkippedFileWarning")
@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_list_as_people_keep_it_is_read_at_the_first_try(tmp_path, text, expected):
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    estate = read_estate(tmp_path / "a.txt")
    used = estate[estate["status"] == "recognised"]
    assert used.groupby("offering_id")["resources"].sum().to_dict() == expected


@pytest.mark.parametrize("line", ["CloudFront + WAF davor", "12 EC2-Server, hinter einem ALB"])
def test_rest_of_a_line_that_names_another_service_is_named_as_not_read(tmp_path, line):
    (tmp_path / "a.txt").write_text(f"- SNS\n- {line}\n", encoding="utf-8")
    with pytest.warns(UserWarning, match="behind the first service not read in line 2;"):
        assert read_estate(tmp_path / "a.txt")["status"].tolist() == ["recognised"] * 2


@pytest.mark.parametrize("header", ["October 2026", "2026-10", "10/2026", "Kosten Okt. 2026 (USD)"])
def test_month_alone_as_a_header_is_a_cost(tmp_path, header):
    (tmp_path / "a.csv").write_text(f"Service,{header}\nAmazon SQS,$3.00\nTotal,$3.00\n")
    with pytest.warns(UserWarning, match="read as the cost"):
        assert read_estate(tmp_path / "a.csv")["cost"].sum() == 3


def test_table_of_instances_is_none_of_their_images_and_networks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "ami_id,vpc_id,instance_type\nami-0022f774911c1d690,vpc-02db5d538223f70ed,t2.micro\n"
    )
    estate = read_estate(path)
    assert estate[["offering_id", "resources", "counted_by"]].values.tolist() == [
        ["ec2-instance", 1, "row"]
    ]


def test_ids_of_a_script_are_no_nat_gateway(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"VpcId": "vpc-1", "NatGatewayId": "nat-1", "Bucket": "b"}')
    with pytest.raises(EstateError, match="JSON or YAML of no known kind, with Bucket"):
        read_estate(path)


@pytest.mark.parametrize("cells", ["IAM,a\nIAM,b", "Image,sha256:ab\nImage,sha256:cd"])
def test_table_of_something_else_is_not_read_for_a_word_in_it(tmp_path, cells):
    (tmp_path / "a.csv").write_text(f"Title,Image ID\n{cells}\n", encoding="utf-8")
    with pytest.raises(EstateError, match="no column names a resource or a service"):
        read_estate(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("name", "offering"),
    [
        ("EC2 (t3.large), Linux", "ec2-instance"), ("EC2 m5.metal", "ec2-bare-metal"),
        ("ElastiCache (cache.r6g.large)", "elasticache-node-based"),
        ("Redshift dc2.large, 4 Knoten", "redshift-provisioned"),
        ("RDS Oracle 19c", "rds-db-instance"), ("Aurora MySQL db.r6g.large", "aurora-provisioned"),
    ],
)  # fmt: skip
def test_size_or_engine_that_one_offering_has_proves_it(name, offering):
    assert read_estate([name]).loc[0, ["offering_id", "assumed"]].tolist() == [offering, False]


@pytest.mark.parametrize(
    ("name", "offering"),
    [
        ("Base de données RDS MySQL 8.0", "rds-db-instance"), ("Istanze EC2", "ec2-instance"),
        ("Balanceador de carga (ALB)", "application-load-balancer"),
        ("S3-opslag", "s3-general-purpose"),
        ("Registre de conteneurs ECR", "ecr-private"), ("Glueジョブ", "glue-job"),
        ("Funkcje Lambda", "lambda-zip"), ("WAF davor", "waf"),
        ("ohne Lambda", ""), ("Kein Redshift", ""), ("Cloudflare WAF", ""),
        ("Azure Kubernetes EKS", ""),
    ],
)  # fmt: skip
def test_name_beside_words_of_another_language_is_read_unless_they_deny_it(name, offering):
    assert read_estate([name]).loc[0, "offering_id"] == offering
