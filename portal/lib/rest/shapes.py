"""Shapes that several apps use. An …Out describes an answer for the documentation; plain functions build it."""

from typing import Any

from rest_framework import serializers

Shape = serializers.Serializer[Any]


class NamedOut(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
