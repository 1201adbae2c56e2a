from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="View",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=200)),
                ("course_id", models.CharField(blank=True, default="", max_length=255)),
                ("learner_count", models.PositiveIntegerField()),
                ("learners", models.BinaryField()),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["at"], name="audit_view_at"),
                    models.Index(fields=["person_id", "at"], name="audit_view_person"),
                    models.Index(fields=["course_id", "at"], name="audit_view_course"),
                ],
            },
        ),
    ]
