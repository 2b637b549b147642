import os
import tempfile

# Before Django reads its settings: tests touch no folder of a real installation.
os.environ["ADOPTION_TEST"] = "1"
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="adoption-test-")
