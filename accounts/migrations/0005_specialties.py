"""The fields of health and care that professionals choose from; whoever registers may name others."""

from django.db import migrations

SPECIALTIES = {
    "acupuncture": ("Acupuntura", "Acupuncture"),
    "cardiology": ("Cardiología", "Cardiology"),
    "coaching": ("Coaching", "Coaching"),
    "dentistry": ("Odontología", "Dentistry"),
    "dermatology": ("Dermatología", "Dermatology"),
    "endocrinology": ("Endocrinología", "Endocrinology"),
    "gastroenterology": ("Gastroenterología", "Gastroenterology"),
    "general-medicine": ("Medicina general", "General medicine"),
    "geriatrics": ("Geriatría", "Geriatrics"),
    "gynaecology": ("Ginecología", "Gynaecology"),
    "internal-medicine": ("Medicina interna", "Internal medicine"),
    "neurology": ("Neurología", "Neurology"),
    "nursing": ("Enfermería", "Nursing"),
    "nutrition": ("Nutrición", "Nutrition"),
    "occupational-therapy": ("Terapia ocupacional", "Occupational therapy"),
    "oncology": ("Oncología", "Oncology"),
    "ophthalmology": ("Oftalmología", "Ophthalmology"),
    "orthopaedics": ("Traumatología y ortopedia", "Orthopaedics"),
    "otolaryngology": ("Otorrinolaringología", "Otolaryngology"),
    "paediatrics": ("Pediatría", "Paediatrics"),
    "physiotherapy": ("Fisioterapia", "Physiotherapy"),
    "psychiatry": ("Psiquiatría", "Psychiatry"),
    "psychology": ("Psicología", "Psychology"),
    "pulmonology": ("Neumología", "Pulmonology"),
    "rheumatology": ("Reumatología", "Rheumatology"),
    "speech-therapy": ("Fonoaudiología", "Speech therapy"),
    "urology": ("Urología", "Urology"),
}


def add(apps, schema_editor):
    specialty = apps.get_model("accounts", "Specialty")
    rows = [specialty(slug=slug, name_es=es, name_en=en) for slug, (es, en) in SPECIALTIES.items()]
    specialty.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_leaving_and_claims")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
