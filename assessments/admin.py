"""The administration of an installation: people, organisations and who belongs where."""

from django.contrib import admin

from assessments.models import BankFile, Client, Invitation, Membership, Organisation, Project, User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "title", "is_active", "is_staff", "joined_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    exclude = ["password", "user_permissions", "groups"]
    readonly_fields = ["last_login", "joined_at"]


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    fields = ["user", "role", "all_clients"]
    autocomplete_fields = ["user"]


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ["name", "created_at"]
    search_fields = ["name"]
    inlines = [MembershipInline]


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["name", "organisation__name"]
    # A logo comes in through the page, which draws it anew.
    readonly_fields = ["logo"]


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin):
    list_display = ["name", "organisation", "client", "go_live_on", "phase", "archived_at"]
    list_select_related = ["organisation", "client"]
    list_filter = ["phase", "kind"]
    search_fields = ["name", "slug", "organisation__name", "client__name"]
    readonly_fields = ["slug", "version"]


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    list_display = ["email", "organisation", "role", "expires_at", "accepted_at", "withdrawn_at"]
    list_select_related = ["organisation"]
    search_fields = ["email", "organisation__name"]


@admin.register(BankFile)
class BankFileAdmin(admin.ModelAdmin):
    list_display = ["name", "version", "organisation", "item_count", "uploaded_at"]
    list_select_related = ["organisation"]
    search_fields = ["name", "bank_id"]

    def has_change_permission(self, request, obj=None) -> bool:
        return False  # a stored version never changes
