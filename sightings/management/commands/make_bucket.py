"""`manage.py make_bucket`: creates the bucket of the S3-compatible store, where one is configured."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from django.core.management.base import BaseCommand

ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}


class Command(BaseCommand):
    help = "Create the bucket that S3_BUCKET names, if it is not there yet. Does nothing without S3_BUCKET."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.S3_BUCKET:
            self.stdout.write("Files lie in a local folder; no bucket is needed.")
            return
        client = boto3.client(
            "s3",
            endpoint_url=settings.S3["endpoint_url"],
            aws_access_key_id=settings.S3["access_key"],
            aws_secret_access_key=settings.S3["secret_key"],
            region_name=settings.S3["region_name"] or "us-east-1",
            config=Config(s3={"addressing_style": settings.S3["addressing_style"]}, retries={"max_attempts": 8}),
        )
        try:
            client.create_bucket(Bucket=settings.S3_BUCKET)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ALREADY:
                raise
        self.stdout.write(f"The bucket {settings.S3_BUCKET} is there.")
