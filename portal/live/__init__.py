"""The live stream: server-sent events beside Django, one small task per process, no thread and no connection each."""
